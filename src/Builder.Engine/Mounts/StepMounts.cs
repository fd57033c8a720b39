using System.Security.Cryptography;
using System.Text;
using Builder.Containers;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Engine.Containers;
using Builder.Engine.Copying;
using Builder.Engine.Secrets;
using Builder.Engine.Ssh;
using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Linux.Files;
using Builder.Storage;
using Builder.Storage.CacheMounts;
using BindMount = Builder.Containers.BindMount;
using TmpfsMount = Builder.Containers.TmpfsMount;

namespace Builder.Engine.Mounts;

/// <summary>The mounts of one step while it runs, and what must be given back afterwards: caches, agents, secrets.</summary>
internal sealed class StepMounts : IAsyncDisposable
{
    private readonly List<ContainerMount> mounts = [];
    private readonly List<string> variables = [];
    private readonly Dictionary<string, CacheMountLease> caches = new(StringComparer.Ordinal);
    private readonly List<AgentProxy> proxies = [];
    private readonly List<byte[]> secretValues = [];

    /// <summary>In the order of their targets.</summary>
    public IReadOnlyList<ContainerMount> Mounts => mounts;

    /// <summary><c>NAME=value</c> of secrets that the step has as variables.</summary>
    public IReadOnlyList<string> Variables => variables;

    public async ValueTask DisposeAsync()
    {
        foreach (var lease in caches.Values)
        {
            lease.Dispose();
        }

        foreach (var proxy in proxies)
        {
            await proxy.DisposeAsync();
        }

        foreach (var value in secretValues)
        {
            CryptographicOperations.ZeroMemory(value);
        }
    }

    /// <summary>Makes the mounts of steps.</summary>
    /// <param name="tell">Says something to the user in the log of the step.</param>
    internal sealed class Maker(BuilderStore store, BindSources sources, BuildSecrets secrets, SshAgents agents, RunSettings settings, Action<Vertex, string> tell)
    {
        /// <exception cref="BuilderException">A source is missing, or a secret or agent that the step requires.</exception>
        public async Task<StepMounts> MakeAsync(Vertex vertex, RunOperation run, IReadOnlyList<StepResult?> inputs, StepFiles files, CancellationToken cancellationToken)
        {
            var made = new StepMounts();
            try
            {
                // In one order everywhere, so that no two steps wait for one another.
                foreach (var cache in run.Mounts.OfType<StepCacheMount>().OrderBy(cache => NameOf(cache, vertex), StringComparer.Ordinal))
                {
                    await HoldAsync(made, cache, vertex, inputs, cancellationToken);
                }

                foreach (var mount in run.Mounts)
                {
                    await AddAsync(made, mount, vertex, inputs, files, cancellationToken);
                }

                return made;
            }
            catch
            {
                await made.DisposeAsync();
                throw;
            }
        }

        private async Task AddAsync(StepMounts made, StepMount mount, Vertex vertex, IReadOnlyList<StepResult?> inputs, StepFiles files, CancellationToken cancellationToken)
        {
            switch (mount)
            {
                case StepBindMount bind:
                    made.mounts.Add(Bind(bind, await sources.OpenAsync(vertex, bind.From, inputs[bind.From], bind.Source, cancellationToken), files, made.mounts.Count));
                    break;
                case StepCacheMount cache:
                    made.mounts.Add(new BindMount(made.caches[NameOf(cache, vertex)].Path, cache.Target, cache.ReadOnly));
                    break;
                case StepTmpfsMount tmpfs:
                    made.mounts.Add(new TmpfsMount(tmpfs.Target, tmpfs.Size) { ReadOnly = tmpfs.ReadOnly });
                    break;
                case StepSecretMount secret:
                    AddSecret(made, secret, vertex);
                    break;
                case StepSshMount ssh:
                    await AddAgentAsync(made, ssh, files, cancellationToken);
                    break;
                default:
                    throw new ArgumentException($"no such mount: {mount}", nameof(mount));
            }
        }

        private static LayersMount Bind(StepBindMount bind, BindSource source, StepFiles files, int number)
        {
            var mount = new LayersMount(source.LowerDirs, source.Path, bind.Target) { IsFile = !source.IsDirectory };
            return bind.ReadOnly ? mount : mount with
            {
                UpperDir = files.MakeFolderLike($"bind{number}-upper", source.LowerDirs[0]),
                WorkDir = files.MakeFolder($"bind{number}-work"),
            };
        }

        /// <summary>Mounts of one step that mean the same cache have the same directory.</summary>
        private async Task HoldAsync(StepMounts made, StepCacheMount cache, Vertex vertex, IReadOnlyList<StepResult?> inputs, CancellationToken cancellationToken)
        {
            var name = NameOf(cache, vertex);
            if (made.caches.ContainsKey(name))
            {
                return;
            }

            void Waiting() => tell(vertex, $"waiting for the cache '{cache.Id}', which another step has");
            if (settings.CachePlaces.TryGetValue(cache.Id, out var place))
            {
                made.caches.Add(name, await store.CacheMounts.AcquirePlacedAsync(place, SharingOf(cache), Waiting, cancellationToken));
                return;
            }

            BindSource? origin = cache.From is { } from ? await sources.OpenAsync(vertex, from, inputs[from], cache.Source ?? "/", cancellationToken) : null;
            Action<string>? fill = origin is null ? null : folder => Fill(folder, cache, origin, cancellationToken);
            made.caches.Add(name, await store.CacheMounts.AcquireAsync(KeyOf(cache, vertex), SharingOf(cache), fill, Waiting, cancellationToken));
        }

        private static CacheMountSharing SharingOf(StepCacheMount cache) => cache.Sharing switch
        {
            CacheSharing.Private => CacheMountSharing.Private,
            CacheSharing.Locked => CacheMountSharing.Locked,
            _ => CacheMountSharing.Shared,
        };

        /// <summary>What tells the caches of one step apart.</summary>
        private string NameOf(StepCacheMount cache, Vertex vertex) =>
            settings.CachePlaces.TryGetValue(cache.Id, out var place) ? Path.GetFullPath(place) : KeyOf(cache, vertex).ToString();

        /// <summary>Owner and mode are those of an empty directory; one that starts from something has its own.</summary>
        private static CacheMountKey KeyOf(StepCacheMount cache, Vertex vertex) => new(cache.Id)
        {
            Origin = cache.From is { } from ? $"{vertex.Inputs[from].Digest} {cache.Source}" : null,
            Mode = cache.Mode,
            Uid = cache.Uid,
            Gid = cache.Gid,
        };

        private void Fill(string folder, StepCacheMount cache, BindSource source, CancellationToken cancellationToken)
        {
            if (!source.IsDirectory)
            {
                throw new BuilderException(EngineErrors.MountSource, $"the cache '{cache.Id}' cannot start from {cache.Source}, which is no directory", "a cache mount is a directory; bind a single file with type=bind");
            }

            using var tree = new SourceTree(OverlayMount.OpenView(source.LowerDirs, store.Snapshots.UserXattrs), null, ownedByRoot: false);
            using var root = RootDirectory.Open(folder);
            var copier = new TreeCopier(root, new CopyRules(null, null, default), cancellationToken);
            copier.Copy(tree, SourceSelector.SelectPlace(tree, source.Path), [], isDirectory: true, []);
            copier.Complete();
            using var made = DirectoryHandle.Open(folder);
            made.SetOwner(DirectoryHandle.Self, source.Status.UserId, source.Status.GroupId);
            made.SetMode(DirectoryHandle.Self, source.Status.Mode);
        }

        private void AddSecret(StepMounts made, StepSecretMount secret, Vertex vertex)
        {
            var value = secrets.Find(secret.Id);
            if (value is null && secret.Required)
            {
                throw new BuilderException(
                    EngineErrors.SecretMissing, $"secret {secret.Id}: not found", $"give it with --secret id={secret.Id},src=FILE or --secret id={secret.Id},env=VARIABLE");
            }

            if (secret.Variable is { } variable)
            {
                if (value is null)
                {
                    tell(vertex, $"secret '{secret.Id}' was not given: {variable} is empty");
                }

                made.variables.Add($"{variable}={TextOf(value ?? [], secret.Id)}");
            }

            if (value is not null)
            {
                made.secretValues.Add(value);
                if (secret.Target is { } target)
                {
                    made.mounts.Add(new MemoryFileMount(value, target) { Mode = secret.Mode ?? 0x100, Uid = secret.Uid ?? 0, Gid = secret.Gid ?? 0 });
                }
            }
        }

        private static string TextOf(byte[] value, string id) =>
            value.AsSpan().Contains((byte)0)
                ? throw new BuilderException(EngineErrors.SecretVariable, $"secret '{id}' has a zero byte in it, which no environment variable can hold", "mount it as a file: leave env= away")
                : Encoding.UTF8.GetString(value);

        private async Task AddAgentAsync(StepMounts made, StepSshMount ssh, StepFiles files, CancellationToken cancellationToken)
        {
            if (await agents.FindAsync(ssh.Id, cancellationToken) is { } agent)
            {
                var folder = files.MakeFolder($"ssh{made.proxies.Count}");
                made.proxies.Add(AgentProxy.Start(folder, agent, ssh.Mode ?? 0x180, ssh.Uid ?? 0, ssh.Gid ?? 0));
                made.mounts.Add(new BindMount(AgentProxy.SocketIn(folder), ssh.Target, ReadOnly: true));
            }
            else if (ssh.Required)
            {
                throw new BuilderException(
                    EngineErrors.SshMissing, $"no SSH key \"{ssh.Id}\" forwarded from the client", $"give an agent or a key with --ssh {ssh.Id}=SOCKET, or --ssh {ssh.Id} for the agent of SSH_AUTH_SOCK");
            }
        }
    }
}
