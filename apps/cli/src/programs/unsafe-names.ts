/**
 * Environment variables that decide what code runs, where it comes from, or whom a program trusts. Somebody who can
 * write to a folder must not decide that on every machine that runs a command with it. Sources: sudo's `env_delete`
 * list, the manuals of the runtimes, 2026-11.
 */
import { Failure } from '../failure.ts'

interface Group {
  reason: string
  /** Exact names; a `*` at the beginning or the end stands for any text. */
  names: readonly string[]
}

export const UNSAFE_NAMES: readonly Group[] = [
  {
    reason: 'where programs and their settings are found',
    names: words(`
      PATH PATHEXT CDPATH HOME USER LOGNAME PWD OLDPWD TMPDIR TMP TEMP XDG_* USERPROFILE HOMEDRIVE HOMEPATH
      APPDATA LOCALAPPDATA PROGRAMDATA SYSTEMROOT WINDIR
    `),
  },
  {
    reason: 'what the dynamic linker and the C library load',
    names: words(`
      LD_* DYLD_* LDR_* _RLD* LIBPATH SHLIB_PATH GCONV_PATH GLIBC_TUNABLES LOCPATH NLSPATH PATH_LOCALE
      GETCONF_DIR MALLOC_* TZDIR
    `),
  },
  {
    reason: 'what shells run',
    names: words(`
      SHELL COMSPEC PSMODULEPATH ENV BASH_ENV BASH_FUNC_* BASH_LOADABLES_PATH BASHOPTS SHELLOPTS IFS PS0 PS1
      PS2 PS3 PS4 PROMPT_COMMAND GLOBIGNORE INPUTRC FCEDIT ZDOTDIR FPATH NULLCMD READNULLCMD TMPPREFIX
    `),
  },
  {
    reason: 'what Node and JavaScript tools load',
    names: words(`
      NODE_OPTIONS NODE_PATH NODE_REPL_EXTERNAL_MODULE NODE_COMPILE_CACHE NODE_V8_COVERAGE NODE_ICU_DATA
      NODE_REDIRECT_WARNINGS ELECTRON_RUN_AS_NODE TS_NODE_* BUN_OPTIONS BUN_INSPECT* BUN_CONFIG_* DENO_DIR
      DENO_CERT DENO_TLS_CA_STORE NPM_CONFIG_* npm_config_* PNPM_HOME YARN_RC_FILENAME YARN_YARN_PATH
      YARN_PLUGINS COREPACK_*
    `),
  },
  {
    reason: 'what Python, Perl, Ruby, PHP, Lua, R and Erlang load',
    names: words(`
      PYTHON* VIRTUAL_ENV PIP_* UV_INDEX* UV_DEFAULT_INDEX UV_EXTRA_INDEX_URL UV_PYTHON* PERL5* PERLLIB PERLIO*
      RUBYOPT RUBYLIB GEM_HOME GEM_PATH BUNDLE_GEMFILE BUNDLE_PATH BUNDLE_APP_CONFIG PHPRC PHP_INI_SCAN_DIR
      LUA_PATH* LUA_CPATH* LUA_INIT* R_HOME R_LIBS* R_PROFILE* R_ENVIRON* ERL_* ELIXIR_ERL_OPTIONS
    `),
  },
  {
    reason: 'what Java and .NET load',
    names: words(`
      JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS JAVA_OPTS JAVA_HOME JVM_OPTS CLASSPATH MAVEN_OPTS
      MAVEN_ARGS GRADLE_OPTS SBT_OPTS CATALINA_OPTS DOTNET_STARTUP_HOOKS DOTNET_ADDITIONAL_DEPS
      DOTNET_SHARED_STORE DOTNET_ROOT* CORECLR_* COR_PROFILER* COR_ENABLE_PROFILING COMPlus_*
    `),
  },
  {
    reason: 'what compilers and build tools run',
    names: words(`
      MAKEFLAGS MAKEFILES GNUMAKEFLAGS GOFLAGS GOPATH GOROOT GOPROXY GOSUMDB GONOSUMDB GOTOOLCHAIN RUSTFLAGS
      RUSTC* RUSTUP_* CARGO_HOME CARGO_BUILD_* CARGO_TARGET_* CC CXX
    `),
  },
  {
    reason: 'what Git, SSH and other tools start',
    names: words(`
      GIT_* SSH_ASKPASS* SSH_AUTH_SOCK SUDO_ASKPASS SUDO_EDITOR RSYNC_RSH CVS_RSH SVN_SSH HGRCPATH EDITOR
      VISUAL PAGER MANPAGER SYSTEMD_EDITOR SYSTEMD_PAGER BROWSER LESS LESSOPEN LESSCLOSE PSQLRC PGSERVICEFILE
      PGSYSCONFDIR TERM TERMCAP TERMINFO* TERMPATH KUBECONFIG AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE
      DOCKER_CONFIG DOCKER_HOST GNUPGHOME
    `),
  },
  {
    reason: 'which servers and certificates programs trust',
    names: words(`
      SSL_CERT_* SSLKEYLOGFILE OPENSSL_* NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED REQUESTS_CA_BUNDLE
      CURL_CA_BUNDLE CURL_HOME WGETRC AWS_CA_BUNDLE PGSSLROOTCERT *_PROXY *_proxy HOSTALIASES LOCALDOMAIN
      RES_OPTIONS KRB5_*
    `),
  },
  { reason: 'which Keyferry instance is used, and as whom', names: words('KEYFERRY_*') },
]

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}

/** Throws `Failure` naming the names in `keys` that are unsafe and not in `allowed`, each with what it decides. */
export function refuseUnsafeNames(keys: Iterable<string>, allowed: readonly string[]): void {
  const refused = [...keys]
    .filter((key) => !allowed.includes(key))
    .flatMap((key) => {
      const group = groupOf(key)
      return group ? [{ key, reason: group.reason }] : []
    })
  if (refused.length === 0) return
  const names = refused.map(({ key }) => key)
  throw new Failure(
    `These names are not passed to programs: ${refused.map(({ key, reason }) => `${key} (decides ${reason})`).join(', ')}`,
    `Rename them, or pass --allow-unsafe ${names.join(' ')} if you trust everybody who can write to this folder and those it imports.`,
  )
}

/** Windows doesn't distinguish case in names of variables. */
const sameCase = process.platform === 'win32' ? (text: string) => text.toUpperCase() : (text: string) => text

const groupOf = (key: string): Group | undefined =>
  UNSAFE_NAMES.find(({ names }) => names.some((name) => matches(sameCase(key), sameCase(name))))

function matches(key: string, name: string): boolean {
  if (name.endsWith('*')) return key.startsWith(name.slice(0, -1))
  if (name.startsWith('*')) return key.endsWith(name.slice(1))
  return key === name
}
