import { Argument, type Command } from 'commander'
import { withJson, type Cli, type JsonOption } from '../cli.ts'
import { isNameOf, NAME_OPTIONS } from './names.ts'

export function addCompletion(program: Command, { terminal }: Cli): void {
  withJson(program.command('completion'))
    .description('Print a completion script for your shell')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action((shell: string, { json }: JsonOption) => {
      const script = SCRIPTS.get(shell)?.(wordsOf(program)) ?? ''
      if (json) terminal.json({ shell, script })
      else terminal.exactly(script)
    })
}

/** What may follow a command. */
interface Next {
  /** Such as `list get …`. */
  words: readonly string[]
  /** Whose names its argument may be. */
  names: string | null
  takesFile: boolean
}

/** By command, such as `secrets`. The empty command is the program. */
type Commands = ReadonlyMap<string, Next>

function wordsOf(program: Command): Commands {
  const commands = new Map<string, Next>()
  const visit = (command: Command, path: readonly string[]): void => {
    const children = command
      .createHelp()
      .visibleCommands(command)
      .filter((child) => child.name() !== 'help')
    const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? [])
    const options = command.options.flatMap(({ long }) => long ?? [])
    const names = command.registeredArguments.map((argument) => isNameOf(argument.name())).find((what) => what !== null)
    commands.set(path.join(' '), {
      words: [...children.map((child) => child.name()), ...choices, ...options, '--help'],
      names: names ?? null,
      takesFile: command.registeredArguments.some((argument) => argument.name() === 'file'),
    })
    for (const child of children) visit(child, [...path, child.name()])
  }
  visit(program, [])
  return commands
}

const pathsOf = (commands: Commands): string[] => [...commands.keys()].filter(Boolean)

// Also read by zsh, for which `path` is the search path, and the length of a part no expression.
const bash = (commands: Commands): string => `# keyferry completion for bash: eval "$(keyferry completion bash)"
_keyferry_words() {
  COMPREPLY=($(compgen -W "$1" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
# The names are asked of the instance, as it is signed in to; without it there are none.
_keyferry_names() {
  local IFS=$'\\n' before=$((COMP_CWORD - 1))
  COMPREPLY+=($(compgen -W "$(keyferry names "$1" -- "\${COMP_WORDS[@]:1:$before}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
_keyferry() {
  local word command= try before=$((COMP_CWORD - 1))
  COMPREPLY=()
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
${NAME_OPTIONS.map(([option, what]) => `    ${option}) _keyferry_names ${what}; return ;;`).join('\n')}
  esac
  for word in "\${COMP_WORDS[@]:1:$before}"; do
    [[ $word == -- ]] && return
    try="\${command:+$command }$word"
    case "$try" in
      ${pathsOf(commands)
        .map((path) => `"${path}"`)
        .join('|')}) command=$try ;;
    esac
  done
  case "$command" in
${[...commands].map(([path, { words, names }]) => `    "${path}") _keyferry_words "${words.join(' ')}"${names === null ? '' : `; [[ \${COMP_WORDS[COMP_CWORD]} == -* ]] || _keyferry_names ${names}`} ;;`).join('\n')}
  esac
}
complete -o default -F _keyferry keyferry
`

const zsh = (commands: Commands): string => `#compdef keyferry
# keyferry completion for zsh: source <(keyferry completion zsh)
autoload -U +X bashcompinit && bashcompinit
${bash(commands)}`

const fish = (commands: Commands): string => `# keyferry completion for fish: keyferry completion fish | source
complete -c keyferry -e
function __keyferry_at
    set -l path ''
    for word in (commandline -opc)[2..-1]
        set -l try (string trim "$path $word")
        contains -- $try ${pathsOf(commands)
          .map((path) => `'${path}'`)
          .join(' ')}; and set path $try
    end
    test "$path" = "$argv[1]"
end
function __keyferry_names
    keyferry names $argv[1] -- (commandline -opc)[2..-1] 2>/dev/null
end
${NAME_OPTIONS.map(([option, what]) => `complete -c keyferry -x -l ${option.slice(2)} -a '(__keyferry_names ${what})'`).join('\n')}
${[...commands].map(([path, { words, names, takesFile }]) => `complete -c keyferry ${takesFile ? '' : '-f '}-n "__keyferry_at '${path}'" -a '${words.join(' ')}${names === null ? '' : ` (__keyferry_names ${names})`}'`).join('\n')}
`

const SCRIPTS = new Map([
  ['bash', bash],
  ['zsh', zsh],
  ['fish', fish],
])
