package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network namespace with a cable (veth) between it and this one, which can be cut at either end.
 * Needs root.
 */
public final class Link implements AutoCloseable {

  private static final AtomicInteger MADE = new AtomicInteger();

  /** Of a network with two ends. */
  private static final int ADDRESSES = 4;

  /** How many of them 198.18.0.0/15 has, which is for tests of networks. */
  private static final int NETWORKS = (1 << 17) / ADDRESSES;

  private final String name;
  private final String near;
  private final String far;
  private final String network;
  private final int first;
  private final Thread remover = new Thread(this::remove);

  private Link() {
    long number = ProcessHandle.current().pid() * 16 + MADE.incrementAndGet();
    name = "sluice-" + number;
    near = "sl%dn".formatted(number);
    far = "sl%df".formatted(number);
    int index = (int) (number % NETWORKS) * ADDRESSES;
    network = "198.%d.%d.".formatted(18 + (index >> 16), index >> 8 & 0xff);
    first = index & 0xff;
  }

  /** A new one. */
  public static Link make() {
    Link link = new Link();
    Runtime.getRuntime().addShutdownHook(link.remover);
    link.ip("netns", "add", link.name);
    link.ip("link", "add", link.near, "type", "veth", "peer", link.far, "netns", link.name);
    link.ip("address", "add", link.nearAddress() + "/30", "dev", link.near);
    link.ip("-n", link.name, "address", "add", link.address(2) + "/30", "dev", link.far);
    link.heal();
    return link;
  }

  /** Whether namespaces can be made here. */
  static boolean isPossible() {
    String name = "sluice-probe-" + ProcessHandle.current().pid();
    return Command.of("ip", "netns", "add", name).run().exitCode() == 0
        && Command.of("ip", "netns", "delete", name).run().exitCode() == 0;
  }

  /** The address of this end, which both ends reach. */
  public String nearAddress() {
    return address(1);
  }

  private String address(int number) {
    return network + (first + number);
  }

  /** A program, to be run at the far end; it keeps its process id. */
  public Command atTheFarEnd(Command command) {
    return command.behind("ip", "netns", "exec", name);
  }

  /** Takes this end down. */
  public void cutNear() {
    ip("link", "set", near, "down");
  }

  /** Takes the far end down. */
  public void cutFar() {
    ip("-n", name, "link", "set", far, "down");
  }

  /** Both ends are up again. */
  public void heal() {
    ip("-n", name, "link", "set", far, "up");
    ip("link", "set", near, "up");
  }

  private void ip(Object... words) {
    Command.of("ip").with(words).run().assertSucceeded();
  }

  private void remove() {
    // The system takes its time with a namespace, and with what is in there; the cable goes at
    // once.
    Command.of("ip", "link", "delete", near).run();
    Command.of("ip", "netns", "delete", name).run();
  }

  @Override
  public void close() {
    remove();
    Runtime.getRuntime().removeShutdownHook(remover);
    assertThat(Command.of("ip", "link", "show", near).run().exitCode()).isNotZero();
  }
}
