package dev.sluice.server.relay;

import dev.sluice.logging.LogContext;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.Posix;
import dev.sluice.posix.WakeDescriptor;
import dev.sluice.server.thread.ClientThreads;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Relays clients to exports of other pods, each on its own platform thread after the handshake.
 * Thread-safe.
 */
public final class Relays implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Relays.class);

  private static final int CONNECTS_WITHIN_MILLIS = 2000;

  private final Elsewhere elsewhere;
  private final Consumer<Bootstrap> socketOptions;
  private final int most;
  private final AtomicInteger places = new AtomicInteger();
  private final ClientThreads threads = new ClientThreads("nbd-relay-");

  /** Stops all relays. Guarded by this; null before the first relay, and after the end. */
  private @Nullable WakeDescriptor stop;

  /**
   * Creates an instance without relays.
   *
   * @param socketOptions sets the options of sockets to other pods
   */
  public Relays(Elsewhere elsewhere, Consumer<Bootstrap> socketOptions) {
    this.elsewhere = elsewhere;
    this.socketOptions = socketOptions;
    this.most = elsewhere.maxRelays();
  }

  /** One of the {@link #limit} places for relayed clients, until it is left. */
  public final class Seat {

    private final AtomicBoolean taken = new AtomicBoolean(true);

    private Seat() {}

    /** Leaves it. Idempotent. */
    public void leave() {
      if (taken.getAndSet(false)) {
        places.decrementAndGet();
      }
    }
  }

  /** Takes a place for one more client; empty if there is none. */
  public Optional<Seat> takeSeat() {
    int before = places.getAndUpdate(count -> count < most ? count + 1 : count);
    return before < most ? Optional.of(new Seat()) : Optional.empty();
  }

  /** Returns the number of relayed clients, including those in the handshake. */
  public int count() {
    return places.get();
  }

  /** Returns the maximum of {@link #count}. */
  public int limit() {
    return most;
  }

  /** Connects to the owner of an export, on the client's event loop. */
  public OwnerConnection connect(
      EventLoop loop,
      Place place,
      Terms terms,
      @Nullable InetAddress client,
      @Nullable ByteBuffer contexts) {
    OwnerConnection connection = new OwnerConnection(elsewhere, place, terms, client, contexts);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(EpollSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECTS_WITHIN_MILLIS)
            .option(ChannelOption.TCP_NODELAY, true);
    socketOptions.accept(bootstrap);
    connection.connect(bootstrap);
    return connection;
  }

  /**
   * Starts to relay the transmission of a client.
   *
   * @param client a descriptor of the client's socket, which this closes in any case
   * @param fromClient the bytes that were already read from it
   * @param granted the connection to the owner, after the handshake
   * @param ended called once when the relay has ended; not if this throws
   * @throws ErrnoException if the connection to the owner has ended
   * @throws OutOfMemoryError if no thread can be created
   */
  public void start(int client, byte[] fromClient, OwnerConnection granted, Runnable ended)
      throws ErrnoException {
    Relay relay = relay(client, fromClient, granted);
    boolean begun = false;
    try {
      start(relay, granted.place(), ended);
      begun = true;
    } finally {
      if (!begun) {
        relay.close(true);
      }
    }
  }

  private static Relay relay(int client, byte[] fromClient, OwnerConnection granted)
      throws ErrnoException {
    try {
      return new Relay(client, fromClient, granted.duplicate(), granted.readAlready());
    } catch (ErrnoException e) {
      Posix.close(client);
      throw e;
    }
  }

  private void start(Relay relay, Place place, Runnable ended) throws ErrnoException {
    int stopping = stopDescriptor();
    threads.start(_ -> run(relay, place, stopping, ended));
  }

  private static void run(Relay relay, Place place, int stopping, Runnable ended) {
    try (LogContext _ = LogContext.of(place.export())) {
      log.debug("A client is passed on to {}", place.owner());
      relay.run(stopping);
      log.debug("A client that was passed on to {} has left", place.owner());
    } finally {
      ended.run();
    }
  }

  private synchronized int stopDescriptor() throws ErrnoException {
    if (stop == null) {
      stop = new WakeDescriptor();
    }
    return stop.number();
  }

  /** Waits until all relays that run now have ended, up to a limit. */
  public void awaitEnd(Duration limit) throws InterruptedException {
    threads.awaitEnd(limit);
  }

  /** Resets all connections that are left. */
  @Override
  public void close() {
    WakeDescriptor ending;
    synchronized (this) {
      ending = stop;
      stop = null;
    }
    if (ending == null) {
      return;
    }
    ending.signal();
    try {
      awaitEnd(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ending.close();
  }
}
