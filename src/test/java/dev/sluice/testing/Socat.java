package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code socat} between clients and the service: a proxy whose kernel acknowledges what a client
 * has not seen, as docker's, a mesh's and {@code kubectl port-forward} do.
 */
public final class Socat implements AutoCloseable {

  private static final Pattern LISTENS = Pattern.compile("listening on .*:(\\d+)");

  private final Command.Running process;
  private final int port;

  private Socat(URI service) {
    String arguments = "TCP-LISTEN:0,bind=127.0.0.1,fork TCP:$1:$2";
    process =
        Command.shell(
                "exec socat -d -d " + arguments + " 2>&1", service.getHost(), service.getPort())
            .start();
    await().until(() -> !process.isAlive() || listens().find());
    Matcher listens = listens();
    assertThat(listens.find()).as(process.outputSoFar()).isTrue();
    port = Integer.parseInt(listens.group(1));
  }

  /** Starts one before the service that an export's URI names. */
  public static Socat before(URI export) {
    return new Socat(export);
  }

  private Matcher listens() {
    return LISTENS.matcher(process.outputSoFar());
  }

  /** Where it listens, on 127.0.0.1. */
  public int port() {
    return port;
  }

  @Override
  public void close() {
    process.close();
  }
}
