namespace Builder.Linux.Isolation;

/// <summary>The attributes of one mount, with the values of mount_setattr(2).</summary>
[Flags]
public enum MountAttributes
{
    None = 0,
    ReadOnly = 0x01,
    NoSetUid = 0x02,
    NoDevices = 0x04,
    NoExecution = 0x08,
    StrictAccessTime = 0x20,
}
