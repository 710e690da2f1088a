export type ConnectorName = "source-flowcode" | "destination-iterable";

type Environment = Readonly<Record<string, string | undefined>>;

/** What any program needs of its surroundings, and what people set to help one along: paths, languages, proxies. */
const FOR_BOTH = [
  /^(PATH|HOME|USER|LOGNAME|SHELL|PWD|LANG|LANGUAGE|TZ|TMPDIR|TEMP|TMP|TERM|NO_COLOR|FORCE_COLOR|LOGLEVEL)$/,
  /^(LC_|NODE_|LD_|DYLD_|XDG_|FAKETIME)/,
  /^(SSL_CERT_FILE|SSL_CERT_DIR|OPENSSL_CONF)$/,
  /^(HTTP|HTTPS|NO|ALL)_PROXY$/i,
  // Windows.
  /^(SystemRoot|SystemDrive|windir|ComSpec|PATHEXT|OS|APPDATA|LOCALAPPDATA|ProgramData|ProgramFiles.*|USERPROFILE|USERNAME|HOMEDRIVE|HOMEPATH|NUMBER_OF_PROCESSORS|PROCESSOR_.*)$/i,
];

/** What one of the two alone needs: its settings and secrets, and those of the storage that it writes to. */
const FOR_ONE: Readonly<Record<ConnectorName, RegExp>> = {
  "source-flowcode": /^(FLOWCODE_|TAP_FLOWCODE_)/,
  "destination-iterable": /^(ITERABLE_|TARGET_ITERABLE_|AWS_)/,
};

/** What this program alone needs: the secrets of webhooks. */
const FOR_NONE = /^FLOWCODE_ITERABLE_/;

/** What a connector sees of the environment: nothing that it does not need, and never the other vendor's secrets. */
export function environmentFor(name: ConnectorName, all: Environment): Record<string, string> {
  const isSeen = (variable: string) =>
    !FOR_NONE.test(variable) &&
    (FOR_ONE[name].test(variable) || FOR_BOTH.some((pattern) => pattern.test(variable)));
  return Object.fromEntries(
    Object.entries(all).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && isSeen(entry[0]),
    ),
  );
}
