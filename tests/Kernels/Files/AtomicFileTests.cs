using System.Runtime.Versioning;
using ScratchNet.Kernels;
using Xunit;

namespace ScratchNet.Tests.Kernels.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void MakesMissingFoldersAndLeavesNothingElse()
    {
        AtomicFile.Write(_folder.File("runs/first/model"), stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(_folder.File("runs/first/model")));
        Assert.Single(Directory.GetFileSystemEntries(_folder.File("runs/first")));
    }

    [Fact]
    public void WritesIntoTheCurrentFolderWhenGivenABareName()
    {
        var name = $"{nameof(AtomicFileTests)}.tmp";
        AtomicFile.Write(name, stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(name));
        File.Delete(name);
    }

    [Fact]
    public void KeepsTheOldFileAndPassesTheExceptionOnWhenTheWriterThrows()
    {
        var path = Old();
        var thrown = new InvalidOperationException("in the middle");
        var seen = Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("ne"u8);
            throw thrown;
        }));
        Assert.Same(thrown, seen);
        OldStands();
    }

    [Fact]
    public void AFileThatIsBegunIsThereWhenItIsCommittedAndNeverOtherwise()
    {
        var path = Old();
        using (AtomicFile.Begin(path, stream => stream.Write("given up"u8)))
        {
            Assert.Equal(2, _folder.Names().Count());
        }

        OldStands();
        using var file = AtomicFile.Begin(path, stream => stream.Write("new"u8));
        Assert.Equal("old", File.ReadAllText(path));
        file.Commit();
        file.Dispose();
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(["model"], _folder.Names());
    }

    [Fact]
    public void AFolderThatIsGoneAtTheCommitIsNamedAsTheFile()
    {
        var path = _folder.File("folder/model");
        using var file = AtomicFile.Begin(path, stream => stream.Write("new"u8));
        Directory.Delete(_folder.File("folder"), recursive: true);
        var error = Assert.Throws<IOException>(file.Commit);
        Assert.StartsWith($"{path}: cannot be written: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(".tmp", error.Message);
    }

    [SkippableFact]
    public void KeepsTheOldFileWhenTheDiskIsFull()
    {
        Skip.IfNot(File.Exists("/dev/full"), "/dev/full, which refuses every byte as a full disk does, is a Linux device");
        var path = Old();
        var error = Assert.Throws<IOException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("ne"u8);
            using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            full.Write("w"u8);
        }));
        Assert.StartsWith($"{path}: cannot be written: the disk is full.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        OldStands();
    }

    [Fact]
    public void RefusesAFolderAsTarget()
    {
        Directory.CreateDirectory(_folder.File("folder"));
        foreach (var name in new[] { "folder", "folder/", "not-there/" })
        {
            var error = Assert.Throws<IOException>(() => AtomicFile.Write(_folder.File(name), _ => { }));
            Assert.StartsWith($"{_folder.File(name)}: cannot be written: it is a folder", error.Message);
        }

        Assert.Equal(["folder"], _folder.Names());
    }

    [Fact]
    public void NamesThePathAndNotTheTemporaryFileWhenTheFolderCannotBeWritten()
    {
        // A file in the folder's place; and for Linux a folder that takes no files from anybody, root included.
        Old();
        string[] paths = OperatingSystem.IsLinux() ? [_folder.File("model/sub"), "/proc/model"] : [_folder.File("model/sub")];
        foreach (var path in paths)
        {
            var error = Assert.Throws<IOException>(() => AtomicFile.Write(path, _ => { }));
            Assert.StartsWith($"{path}: cannot be written: ", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(".tmp", error.Message);
        }

        OldStands();
    }

    [SkippableFact]
    public void RefusesADevice()
    {
        Skip.If(OperatingSystem.IsWindows(), "devices have no paths on Windows");
        var error = Assert.Throws<IOException>(() => AtomicFile.Write("/dev/scratchnet-test", _ => { }));
        Assert.Contains("it is a device", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AReaderInTheMiddleOfAWriteSeesTheOldFile()
    {
        var path = Old();
        AtomicFile.Write(path, stream =>
        {
            stream.Write("ne"u8);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(path));
            stream.Write("w"u8);
        });
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(["model"], _folder.Names());
    }

    [Fact]
    public async Task ConcurrentReadersSeeOneWholeContentOrTheOther()
    {
        var path = Old();
        var contents = new[] { new byte[70_000], new byte[50_000] };
        contents[1].AsSpan().Fill(1);
        AtomicFile.Write(path, stream => stream.Write(contents[0]));
        using var done = new CancellationTokenSource();
        var reader = Task.Run(() =>
        {
            var halves = 0;
            while (!done.IsCancellationRequested)
            {
                using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                halves += contents.Any(content => content.AsSpan().SequenceEqual(bytes)) ? 0 : 1;
            }

            return halves;
        });

        for (var round = 1; round <= 50; round++)
        {
            AtomicFile.Write(path, stream => stream.Write(contents[round % 2]));
        }

        await done.CancelAsync();
        Assert.Equal(0, await reader);
    }

    [SkippableFact, UnsupportedOSPlatform("windows")]
    public void ReplacesWhatASymbolicLinkLeadsToAndKeepsItsPermissions()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows asks for a privilege to make symbolic links and has no mode bits");
        var path = Old();
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink(_folder.File("link"), path);

        AtomicFile.Write(_folder.File("link"), stream => stream.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(path, new FileInfo(_folder.File("link")).LinkTarget);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [SkippableFact, UnsupportedOSPlatform("windows")]
    public void WhatIsPrivateIsPrivateWhileItIsReplaced()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no mode bits");
        var path = Old();
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var file = AtomicFile.Begin(path, stream => stream.Write("new"u8));
        Assert.Equal(2, _folder.Names().Length);
        Assert.All(_folder.Names(), name =>
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File(name))));
    }

    private string Old()
    {
        File.WriteAllText(_folder.File("model"), "old");
        return _folder.File("model");
    }

    private void OldStands()
    {
        Assert.Equal("old", File.ReadAllText(_folder.File("model")));
        Assert.Equal(["model"], _folder.Names());
    }
}
