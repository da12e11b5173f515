/** What the server is told on its command line, where no file and no ALTER SYSTEM can change it. */

/** @param durable false switches fsync off: a power cut may then destroy everything. For tests. */
export function serverSettings(socketFolder: string, durable: boolean): string[] {
  const onOff = durable ? "on" : "off";
  const settings: Record<string, string> = {
    listen_addresses: "",
    // a list: quoted, so that a comma in a path stays one
    unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"`,
    unix_socket_permissions: "0700",
    fsync: onOff,
    synchronous_commit: onOff,
    full_page_writes: onOff,
    max_connections: "100",
    timezone: "UTC",
    log_timezone: "UTC",
    logging_collector: "off",
    log_line_prefix: "",
    // Errors of a statement go to the client, who redacts them. Here they would carry values of rows, thus secrets.
    log_min_messages: "log",
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
    log_checkpoints: "off",
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
