using Builder.MSBuild.Items;

namespace Builder.MSBuild.Tests.Items;

public class DefaultDockerfileTests
{
    [Fact]
    public void It_puts_the_output_on_the_base() => Assert.EndsWith(
        """
        FROM mcr.microsoft.com/dotnet/aspnet:10.0
        WORKDIR /app
        COPY --from=publish . ./
        ENV A="\$b \"c\" \\d"
        EXPOSE 8080/tcp
        USER $APP_UID
        ENTRYPOINT ["dotnet", "/app/My \"App\".dll"]

        """,
        new DefaultDockerfile
        {
            Base = "mcr.microsoft.com/dotnet/aspnet:10.0",
            Entrypoint = ["dotnet", "/app/My \"App\".dll"],
            User = "$APP_UID",
            Ports = ["8080/tcp"],
            Environment = [new("A", "$b \"c\" \\d")],
        }.Render(),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("one\nRUN two")]
    [InlineData("one\rtwo")]
    public void A_value_does_not_become_an_instruction(string value) => Assert.Equal(
        MSBuildErrors.InvalidItem,
        Assert.Throws<ItemException>(() => new DefaultDockerfile { Base = "scratch", Entrypoint = ["x"], Environment = [new("A", value)] }.Render()).Code);
}
