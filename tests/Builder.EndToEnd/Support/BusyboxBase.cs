namespace Builder.EndToEnd.Support;

/// <summary>The smallest root file system with a shell: one static busybox and its names.</summary>
public static class BusyboxBase
{
    private static readonly string[] Names =
    [
        "sh", "cat", "ls", "echo", "mkdir", "rm", "ln", "touch", "chmod", "chown", "sleep", "true", "false", "id", "hostname", "stat",
        "find", "readlink", "mount", "wc", "dd", "kill", "test", "grep", "env", "mknod", "mkfifo", "cp", "mv", "head", "seq", "yes",
    ];

    /// <summary>Makes it in a folder, to be used as a named context. Skips the test where there is no static busybox.</summary>
    public static void Make(string folder)
    {
        Tool.Require("busybox");
        var busybox = (string[])["/bin/busybox", "/usr/bin/busybox"];
        var everybody = (UnixFileMode)Convert.ToInt32("755", 8);
        foreach (var name in (string[])["bin", "etc", "tmp"])
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            File.SetUnixFileMode(Path.Combine(folder, name), everybody);
        }

        File.SetUnixFileMode(folder, everybody);
        File.SetUnixFileMode(Path.Combine(folder, "tmp"), (UnixFileMode)Convert.ToInt32("1777", 8));
        File.Copy(Array.Find(busybox, File.Exists)!, Path.Combine(folder, "bin/busybox"));
        File.SetUnixFileMode(Path.Combine(folder, "bin/busybox"), everybody);
        foreach (var name in Names)
        {
            File.CreateSymbolicLink(Path.Combine(folder, "bin", name), "busybox");
        }

        File.WriteAllText(Path.Combine(folder, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n");
        File.WriteAllText(Path.Combine(folder, "etc/group"), "root:x:0:\nann:x:1000:\nstaff:x:50:ann\n");
        foreach (var file in (string[])["etc/passwd", "etc/group"])
        {
            File.SetUnixFileMode(Path.Combine(folder, file), (UnixFileMode)Convert.ToInt32("644", 8));
        }
    }
}
