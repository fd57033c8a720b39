[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
[assembly: AssemblyFixture(typeof(Builder.MSBuild.Tests.Support.PackageFeed))]
