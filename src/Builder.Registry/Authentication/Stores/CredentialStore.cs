using Builder.Diagnostics;

namespace Builder.Registry.Authentication.Stores;

/// <summary>
/// The logins that a user has anyway, those of Docker and of Podman: <c>DOCKER_AUTH_CONFIG</c>, Docker's <c>config.json</c>,
/// Podman's <c>auth.json</c>, in this order; only the file of <c>REGISTRY_AUTH_FILE</c> when that is set. Within a file a
/// helper for the registry comes before <c>credsStore</c>, and that before what the file itself holds. The first that has a
/// login is taken. Files are read when a registry asks for a login, and each time anew.
/// </summary>
public sealed class CredentialStore(CredentialEnvironment environment, Action<RegistryWarning>? onWarning = null) : ICredentialSource
{
    public async ValueTask<Credential?> FindAsync(string domain, string repository, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(repository);
        foreach (var file in Files())
        {
            if (await FindAsync(file, domain, repository, cancellationToken) is { } credential)
            {
                return credential;
            }
        }

        return null;
    }

    /// <summary>Keeps a login where Docker would: with the registry's helper, else in the file; returns which.</summary>
    /// <exception cref="BuilderException"><see cref="RegistryErrors.CredentialFile"/>, <see cref="RegistryErrors.CredentialHelper"/>.</exception>
    public async Task<string> SaveAsync(string domain, Credential credential, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(credential);
        var path = environment.FileToWrite;
        var file = AuthFile.TryRead(path) ?? AuthFile.Empty(path);
        if (file.HelperOf(domain) is { } helper)
        {
            await CredentialHelper.Named(helper).StoreAsync(domain, credential, cancellationToken);
            file.Set(domain, null);
            Write(file);
            return $"credential helper {helper}";
        }

        file.Set(domain, credential);
        Write(file);
        return path;
    }

    /// <summary>Forgets a registry's login in every file and helper that has one. False when none had.</summary>
    public async Task<bool> EraseAsync(string domain, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(domain);
        var erased = false;
        foreach (var file in environment.Files.Select(AuthFile.TryRead).OfType<AuthFile>())
        {
            if (file.HelperOf(domain) is { } helper)
            {
                erased |= await CredentialHelper.Named(helper).EraseAsync(domain, cancellationToken);
            }

            if (file.Remove(domain))
            {
                erased = true;
                Write(file);
            }
        }

        return erased;
    }

    private IEnumerable<AuthFile> Files()
    {
        if (environment.Inline is { } json)
        {
            yield return AuthFile.Parse("DOCKER_AUTH_CONFIG", json);
        }

        foreach (var path in environment.Files)
        {
            if (AuthFile.TryRead(path) is { } file)
            {
                yield return file;
            }
        }
    }

    private async Task<Credential?> FindAsync(AuthFile file, string domain, string repository, CancellationToken cancellationToken)
    {
        if (file.HelperOf(domain) is { } helper)
        {
            try
            {
                if (await CredentialHelper.Named(helper).GetAsync(domain, cancellationToken) is { } kept)
                {
                    return kept;
                }
            }
            catch (BuilderException e) when (e.Code == RegistryErrors.CredentialHelper)
            {
                // A file copied from a desktop names helpers that a server lacks: what is public can be had all the same.
                onWarning?.Invoke(new RegistryWarning(domain, $"{e.Message}; going on without it"));
            }
        }

        return file.Find(domain, repository);
    }

    private static void Write(AuthFile file)
    {
        try
        {
            PrivateFile.Write(file.Name, file.ToJson());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(RegistryErrors.CredentialFile, $"the file of logins {file.Name} cannot be written", "check who may write to it, or choose another folder with DOCKER_CONFIG", inner: e);
        }
    }
}
