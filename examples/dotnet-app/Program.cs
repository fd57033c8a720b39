using System;
using System.IO;

Console.WriteLine($"{File.ReadAllText("/etc/greeting").Trim()}, {(args.Length > 0 ? args[0] : "world")}");
