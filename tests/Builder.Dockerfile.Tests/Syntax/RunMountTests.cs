using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Tests.Syntax;

/// <summary>The options of <c>RUN --mount</c> (section 3.4, rules M1 to M8).</summary>
public class RunMountTests
{
    private static RunMount Parse(string mount) =>
        RunMountParser.Parse(
            Dockerfiles.One<RunInstruction>($"RUN --mount={mount} x").Mounts.Single(),
            word => word.Text.Replace("$x", "X", StringComparison.Ordinal));

    [Fact]
    public void A_bind_is_the_default_and_read_only()
    {
        var bind = Assert.IsType<BindMount>(Parse("target=/$x,from=b,src=/s"));
        Assert.Equal(("/X", "b", "/s", true), (bind.Target, bind.From, bind.Source, bind.ReadOnly));
        Assert.False(Assert.IsType<BindMount>(Parse("type=bind,dst=/d,rw")).ReadOnly);
    }

    [Fact]
    public void A_cache_has_an_owner_and_a_way_of_sharing()
    {
        var cache = Assert.IsType<CacheMount>(Parse("TYPE=Cache,target=/c,id=i,sharing=locked,mode=0700,uid=1,gid=2"));
        Assert.Equal(("i", CacheSharing.Locked, 448u, 1u, 2u), (cache.Id, cache.Sharing, cache.Mode, cache.Uid, cache.Gid));
        Assert.False(cache.ReadOnly);
        Assert.True(Assert.IsType<CacheMount>(Parse("type=cache,target=/c,readonly=true")).ReadOnly);
    }

    [Theory]
    [InlineData("64m", 64L << 20)]
    [InlineData("1.5g", 1536L << 20)]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("4096", 4096)]
    public void A_tmpfs_has_a_size(string size, long expected) =>
        Assert.Equal(expected, Assert.IsType<TmpfsMount>(Parse($"type=tmpfs,target=/t,size={size}")).Size);

    [Theory]
    [InlineData("type=secret,id=a/b", "a/b", "/run/secrets/b")] // M7
    [InlineData("type=secret,target=/x/y", "y", "/x/y")]
    [InlineData("type=secret,src=s,env=E", "s", null)]
    [InlineData("type=secret,id=s,env=E,target=/f", "s", "/f")]
    public void A_secret_has_an_id_and_perhaps_a_file(string mount, string id, string? file)
    {
        var secret = Assert.IsType<SecretMount>(Parse(mount));
        Assert.Equal((id, file, false), (secret.Id, secret.File, secret.Required));
    }

    [Fact]
    public void An_agent_may_be_required()
    {
        var ssh = Assert.IsType<SshMount>(Parse("type=ssh,required"));
        Assert.Equal(("default", true), (ssh.Id, ssh.Required));
    }

    [Theory]
    [InlineData("type=bnd", "unsupported mount type \"bnd\" (did you mean bind?)")]
    [InlineData("targt=/x", "unexpected key 'targt' in 'targt=/x' (did you mean target?)")]
    [InlineData("foo", "invalid field 'foo' must be a key=value pair")]
    [InlineData("target=/x,size=1m", "unexpected key 'size' for mount type 'bind'")]
    [InlineData("target=/x,mode=1", "mode not allowed for \"bind\" type mounts")]
    [InlineData("type=tmpfs,uid=1", "uid not allowed for \"tmpfs\" type mounts")]
    [InlineData("target=/x,sharing=shared", "invalid cache sharing set for bind mount")]
    [InlineData("type=cache,sharing=x", "unsupported sharing value \"x\"")]
    [InlineData("type=cache,mode=9", "invalid value 9 for mode")]
    [InlineData("type=cache,uid=-1", "invalid value -1 for uid")]
    [InlineData("type=cache,gid=", "invalid value  for gid")]
    [InlineData("type=cache,uid=4294967296", "invalid value 4294967296 for uid")]
    [InlineData("type=secret,id=a,required=x", "invalid value for required: x")]
    [InlineData("required,type=secret,id=a", "unexpected key 'required' for mount type 'bind'")]
    [InlineData("type=secret", "invalid secret mount. one of source, target required")]
    [InlineData("type=secret,id=a,source=b", "both source and id can't be set")]
    [InlineData("type=secret,id=a,from=b", "secret mount should not have a from")]
    [InlineData("type=secret,id=a,sharing=shared", "secret mount should not define sharing")]
    [InlineData("type=ssh,source=b", "ssh does not support source")]
    public void A_wrong_option_is_an_error(string mount, string message)
    {
        var error = Assert.Throws<DockerfileException>(() => Parse(mount));
        Assert.Equal((message, DockerfileErrors.InvalidMount), (error.Message, error.Code));
        Assert.NotNull(error.Span);
    }
}
