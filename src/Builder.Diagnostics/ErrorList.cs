namespace Builder.Diagnostics;

/// <summary>Errors of one text that are reported together, so that nobody has to mend a file one message at a time.</summary>
public sealed class ErrorList
{
    /// <summary>How many are kept: nobody reads more at a time, and a text can be wrong in every line.</summary>
    public const int Limit = 20;

    private readonly List<BuilderException> errors = [];

    /// <summary>At most <see cref="Limit"/>, in the order of the text.</summary>
    public IReadOnlyList<BuilderException> Errors => errors;

    /// <summary>How many there were beyond <see cref="Limit"/>.</summary>
    public int Omitted { get; private set; }

    public bool IsEmpty => errors.Count == 0;

    /// <summary>Adds an error, unless it is the very one that was added already.</summary>
    public void Add(BuilderException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (errors.Contains(error))
        {
            return;
        }

        if (errors.Count < Limit)
        {
            errors.Add(error);
        }
        else
        {
            Omitted++;
        }
    }

    /// <summary>Throws the first error, with the others behind it (<see cref="BuilderException.Others"/>), if there is one.</summary>
    public void ThrowIfAny()
    {
        if (!IsEmpty)
        {
            throw Together();
        }
    }

    /// <summary>The first error, with the others behind it. There must be one.</summary>
    public BuilderException Together() => errors[0].FollowedBy(errors.Skip(1).Except(errors[0].Others), Omitted);
}
