package dev.sluice.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What the API server and the etcd that this process has started have used up to now.
 *
 * @param nanos when that was
 * @param apiCpu milliseconds of a core
 * @param apiBytes resident
 * @param database bytes of the file of etcd
 */
record ApiServerUse(
    long nanos, long apiCpu, long apiBytes, long etcdCpu, long etcdBytes, long database) {

  private static final long MILLIS_PER_TICK = 10;
  private static final long PAGE = 4096;

  static ApiServerUse now() {
    ProcessHandle api = child("kube-apiserver");
    ProcessHandle etcd = child("etcd");
    return new ApiServerUse(
        System.nanoTime(),
        cpu(api.pid()),
        resident(api.pid()),
        cpu(etcd.pid()),
        resident(etcd.pid()),
        database(etcd));
  }

  private static ProcessHandle child(String program) {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().command().orElse("").endsWith("/" + program))
        .findFirst()
        .orElseThrow();
  }

  private static long cpu(long pid) {
    String stat = read(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MILLIS_PER_TICK;
  }

  private static long resident(long pid) {
    return Long.parseLong(read(Path.of("/proc/" + pid + "/statm")).split(" ")[1]) * PAGE;
  }

  private static long database(ProcessHandle etcd) {
    List<String> arguments = Stream.of(etcd.info().arguments().orElseThrow()).toList();
    Path data = Path.of(arguments.get(arguments.indexOf("--data-dir") + 1));
    try {
      return Files.size(data.resolve("member/snap/db"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What was used since, in one line. */
  String since(ApiServerUse before) {
    double seconds = (nanos - before.nanos) / 1e9;
    return String.format(
        Locale.ROOT,
        "API server %4.2f cores %5d MB, etcd %4.2f cores %4d MB, database %4d MB",
        (apiCpu - before.apiCpu) / 1e3 / seconds,
        apiBytes >> 20,
        (etcdCpu - before.etcdCpu) / 1e3 / seconds,
        etcdBytes >> 20,
        database >> 20);
  }
}
