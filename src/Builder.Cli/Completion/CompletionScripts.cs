using Builder.Diagnostics;

namespace Builder.Cli.Completion;

/// <summary>
/// A script a shell, each of which asks the program: <c>builder __complete -- WORD…</c> prints a value a line, with its meaning behind a
/// tab, and at last <c>:none</c>, <c>:files</c> or <c>:folders</c>.
/// </summary>
internal static class CompletionScripts
{
    /// <summary>The hidden verb that the scripts call.</summary>
    public const string Verb = "__complete";

    public static readonly string[] Shells = ["bash", "zsh", "fish", "powershell"];

    // Bash breaks words at ':' and '=', which names and options contain: the line is split anew, and what is in front of
    // the last such sign, which bash keeps, is taken off the values.
    private const string Bash = """
        # Completion of builder for bash: source this, or put it into /etc/bash_completion.d.
        _builder() {
            local text=${COMP_LINE:0:COMP_POINT} line kind=:none
            local -a words values=()
            read -ra words <<< "$text"
            [[ $text == *[[:space:]] ]] && words+=("")
            local current=${words[${#words[@]}-1]}
            while IFS= read -r line; do
                case $line in
                    :*) kind=$line ;;
                    *) values+=("${line%%$'\t'*}") ;;
                esac
            done < <(builder __complete -- "${words[@]:1}" 2>/dev/null)
            local kept=${current%"${current##*[:=]}"}
            COMPREPLY=("${values[@]#"$kept"}")
            if [ "$kind" != :none ]; then
                local option=-f path
                [ "$kind" = :folders ] && option=-d
                compopt -o filenames
                while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen "$option" -- "${current#"$kept"}")
            fi
            [ ${#COMPREPLY[@]} = 1 ] && [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace
            return 0
        }
        complete -F _builder builder
        """;

    private const string Zsh = """
        #compdef builder
        # Completion of builder for zsh: put it as _builder into a folder of $fpath, or source it after compinit.
        _builder() {
            local line kind=:none
            local -a values
            while IFS= read -r line; do
                case $line in
                    :*) kind=$line ;;
                    *$'\t'*) values+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
                    *) values+=("${line//:/\\:}") ;;
                esac
            done < <(builder __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
            (( ${#values} )) && _describe builder values
            case $kind in
                :files) _files ;;
                :folders) _files -/ ;;
            esac
        }
        if [ "$funcstack[1]" = _builder ]; then _builder "$@"; else compdef _builder builder; fi
        """;

    private const string Fish = """
        # Completion of builder for fish: put it into ~/.config/fish/completions/builder.fish.
        function __builder_complete
            set -l words (commandline -opc)
            set -l current (commandline -ct)
            for line in (builder __complete -- $words[2..-1] "$current" 2>/dev/null)
                switch $line
                    case ':none'
                    case ':files'
                        __fish_complete_path "$current"
                    case ':folders'
                        __fish_complete_directories "$current" ''
                    case '*'
                        echo $line
                end
            end
        end
        complete -c builder -f -a '(__builder_complete)'
        """;

    private const string PowerShell = """
        # Completion of builder for PowerShell: put it into $PROFILE.
        Register-ArgumentCompleter -Native -CommandName builder -ScriptBlock {
            param($word, $line, $position)
            $words = @($line.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $position -or "$_" -eq $word } | ForEach-Object { "$_" })
            if ($word -eq '') { $words += '""' }
            foreach ($answer in (builder __complete -- @words 2>$null)) {
                if ($answer.StartsWith(':')) {
                    if ($answer -ne ':none') {
                        Get-ChildItem -Directory:($answer -eq ':folders') -Path "$word*" -ErrorAction SilentlyContinue |
                            ForEach-Object { [System.Management.Automation.CompletionResult]::new((Resolve-Path -Relative $_.FullName)) }
                    }
                    continue
                }
                $value, $meaning = $answer.Split("`t", 2)
                if (-not $meaning) { $meaning = $value }
                [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $meaning)
            }
        }
        """;

    public static string For(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        "powershell" or "pwsh" => PowerShell,
        _ => throw new BuilderException(CliErrors.Usage, $"there is no completion for '{shell}'", $"the shells are {string.Join(", ", Shells)}"),
    };
}
