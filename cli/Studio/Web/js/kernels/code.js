// The code of a rung, in up to four languages, coloured.
import { attempt, get } from "../api.js";
import { $, make, say } from "../dom.js";

const languages = { csharp: "C#", il: "IL", opencl: "OpenCL C", ptx: "PTX" };

const words = `
  abstract as bool break byte case char checked class const continue default do double else enum false float for foreach
  goto if in int internal is long namespace new null out override params private protected public readonly record ref
  return sbyte sealed short sizeof stackalloc static struct switch this throw true uint ulong unsafe ushort using var
  void while with kernel global local inline`.trim().split(/\s+/);
const token = new RegExp(
  `(//[^\\n]*|/\\*[\\s\\S]*?\\*/)|("(?:\\\\.|[^"\\\\\\n])*")|\\b(${words.join("|")})\\b|\\b(\\d[\\w.]*)`, "g");

export class Code {
  constructor() {
    this.rung = null;
    this.language = "csharp";
    this.texts = new Map();
  }

  /** Shows a rung: { name, operation, variant }. */
  show(rung) {
    if (!rung?.variant) {
      say($("idea"), "This build has no kernel of that name.");
      $("code").firstElementChild.replaceChildren();
      return;
    }
    this.rung = rung;
    const isGpu = rung.variant.place === "gpu";
    const known = Object.keys(languages).filter((language) => isGpu || language === "csharp" || language === "il");
    this.language = known.includes(this.language) ? this.language : "csharp";
    say($("code-title"), rung.name);
    say($("idea"), rung.variant.idea);
    $("languages").replaceChildren(...known.map((language) => {
      const isShown = String(language === this.language);
      const tab = make("button", { type: "button", role: "radio", "aria-checked": isShown }, languages[language]);
      tab.addEventListener("click", () => {
        this.language = language;
        this.show(rung);
        [...$("languages").children][known.indexOf(language)].focus();
      });
      return tab;
    }));
    this.load(rung.name, this.language);
  }

  async load(name, language) {
    const key = `${name} ${language}`;
    if (!this.texts.has(key)) {
      const answer = await attempt(() => get(`/api/kernels/code?${new URLSearchParams({ kernel: name, as: language })}`));
      this.texts.set(key, answer?.text ?? "");
    }
    if (this.rung.name === name && this.language === language) {
      $("code").firstElementChild.replaceChildren(...coloured(this.texts.get(key)));
      $("code").scrollTop = 0;
    }
  }
}

/** Text and spans. */
function coloured(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(token)) {
    const [all, comment, string, keyword] = match;
    parts.push(text.slice(from, match.index));
    parts.push(make("span", { className: comment ? "comment" : string ? "text" : keyword ? "keyword" : "figure" }, all));
    from = match.index + all.length;
  }
  parts.push(text.slice(from));
  return parts;
}
