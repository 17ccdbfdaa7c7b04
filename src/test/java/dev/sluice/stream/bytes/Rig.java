package dev.sluice.stream.bytes;

import static dev.sluice.testing.FilePaths.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.endpoint.EndpointFactory;
import dev.sluice.posix.NativeThreads;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamExtent;
import dev.sluice.stream.StreamListener;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import dev.sluice.stream.Timeouts;
import dev.sluice.stream.client.Client;
import dev.sluice.stream.window.WindowMemory;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A stream with real far ends: a peer at a FIFO or Unix socket, and clients at sockets. */
final class Rig implements AutoCloseable {

  /** What the peer's end is. */
  enum Far {
    FIFO,
    SOCKET,
    /** A socket that the peer connects to. */
    LISTENING
  }

  /** How clients connect. */
  enum Near {
    UNIX,
    TCP
  }

  /** What a peer does with its end. */
  interface Work<S, T> {
    T with(S end) throws Exception;
  }

  static final int HEAD = 65_536;

  private static final Duration LINGER = Duration.ofSeconds(60);

  /** Where a client of an ended stream shall be waited for, but not long. */
  private static final Duration SHORT_LINGER = Duration.ofSeconds(2);

  private final Ground ground;
  private final boolean ownGround;
  private final Duration linger;
  private final Path path;
  private final SocketTransport.Payload payload;
  final WindowMemory memory;
  private final Front front;
  private final Far far;
  private final @Nullable ServerSocketChannel peerListener;
  private final List<TestClient> clients = new ArrayList<>();
  private final List<Future<?>> tasks = new CopyOnWriteArrayList<>();
  private final Queue<Throwable> surprises = new ConcurrentLinkedQueue<>();
  final Tally tally = new Tally();
  final Queue<StreamStatus> changes = new ConcurrentLinkedQueue<>();

  /** How many were leaving, each time that one began to. */
  final Queue<Integer> leaving = new ConcurrentLinkedQueue<>();

  final Queue<String> drops = new ConcurrentLinkedQueue<>();
  final ByteStream stream;

  Rig(Direction direction, Far far, SocketTransport.Payload payload, StreamSettings settings)
      throws IOException {
    this(direction, far, payload, Near.UNIX, settings);
  }

  Rig(
      Direction direction,
      Far far,
      SocketTransport.Payload payload,
      Near near,
      StreamSettings settings)
      throws IOException {
    this(direction, far, payload, near, settings, new WindowMemory(Long.MAX_VALUE));
  }

  private Rig(
      Direction direction,
      Far far,
      SocketTransport.Payload payload,
      Near near,
      StreamSettings settings,
      WindowMemory memory)
      throws IOException {
    this(new Ground(), true, direction, far, payload, near, settings, memory);
  }

  /** A trial's rig, on a ground that others use before and after it. */
  Rig(Ground ground, Trial trial) throws IOException {
    this(
        ground,
        false,
        trial.direction(),
        trial.far(),
        trial.payload(),
        trial.near(),
        trial.settings(),
        new WindowMemory(Long.MAX_VALUE));
  }

  private Rig(
      Ground ground,
      boolean ownGround,
      Direction direction,
      Far far,
      SocketTransport.Payload payload,
      Near near,
      StreamSettings settings,
      WindowMemory memory)
      throws IOException {
    this.memory = memory;
    this.ground = ground;
    this.ownGround = ownGround;
    this.linger = ownGround ? SHORT_LINGER : LINGER;
    this.payload = payload;
    path = ground.freshPath();
    front = ground.front(near);
    peerListener =
        far == Far.SOCKET
            ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(path))
            : null;
    Flow flow = direction == Direction.WRITE ? Flow.TO_PEER : Flow.FROM_PEER;
    EndpointFactory factory = ground.endpoints();
    Endpoint endpoint =
        far == Far.LISTENING ? factory.listen(at(path), flow) : factory.claim(at(path), flow);
    this.far = far;
    StreamContext context = new StreamContext(listener(), tally, ground.timer(), memory);
    stream =
        direction == Direction.WRITE
            ? new WriteStream(endpoint, settings, context)
            : new ReadStream(endpoint, settings, context);
  }

  private StreamListener listener() {
    return new StreamListener() {
      @Override
      public void stateChanged(StreamStatus status) {
        changes.add(status);
      }

      @Override
      public void clientLeaves() {
        leaving.add(stream.departures().leaving());
      }

      @Override
      public void clientDropped(String reason) {
        drops.add(reason);
      }
    };
  }

  static Rig writing(StreamSettings settings) throws IOException {
    return new Rig(Direction.WRITE, Far.FIFO, SocketTransport.Payload.SPLICED, settings);
  }

  /** A stream that shares the memory of its window with others. */
  static Rig writing(StreamSettings settings, WindowMemory memory) throws IOException {
    return new Rig(
        Direction.WRITE, Far.FIFO, SocketTransport.Payload.SPLICED, Near.UNIX, settings, memory);
  }

  static Rig reading(StreamSettings settings) throws IOException {
    return new Rig(Direction.READ, Far.FIFO, SocketTransport.Payload.SPLICED, settings);
  }

  /** A stream that shares the memory of its windows with others. */
  static Rig reading(StreamSettings settings, WindowMemory memory) throws IOException {
    return new Rig(
        Direction.READ, Far.FIFO, SocketTransport.Payload.SPLICED, Near.UNIX, settings, memory);
  }

  /** Settings without any limit in time; a negative size is unknown. */
  static StreamSettings settings(long size, long reorderWindow) {
    return settings(size, reorderWindow, Duration.ZERO, Duration.ZERO, Duration.ZERO);
  }

  static StreamSettings settings(
      long size, long reorderWindow, Duration peer, Duration idle, Duration resume) {
    return settings(size, reorderWindow, HEAD, peer, idle, resume);
  }

  static StreamSettings settings(
      long size, long reorderWindow, int head, Duration peer, Duration idle, Duration resume) {
    OptionalLong known = size < 0 ? OptionalLong.empty() : OptionalLong.of(size);
    Timeouts timeouts = Timeouts.of(peer, idle, resume, Duration.ZERO);
    return StreamSettings.of(known, reorderWindow, head, timeouts);
  }

  Path path() {
    return path;
  }

  /** One more client, attached. */
  TestClient connect() throws IOException {
    stream.attach();
    Front.Connection connection = front.connect();
    TestSession session =
        new TestSession(
            new SocketTransport(connection.served(), payload), stream, linger, surprises::add);
    CompletableFuture<Void> served = CompletableFuture.runAsync(session, ground.threads());
    tasks.add(served);
    TestClient client = new TestClient(connection.client(), served);
    clients.add(client);
    return client;
  }

  /** A peer that reads its end; opening waits for the stream to open the other. */
  <T> Future<T> peerReads(Work<InputStream, T> work) {
    return inThread(
        () -> {
          if (far == Far.FIFO) {
            try (InputStream end = new FileInputStream(path.toFile())) {
              return work.with(end);
            }
          }
          try (SocketChannel end = connection()) {
            return work.with(Channels.newInputStream(end));
          }
        });
  }

  /** A peer that writes its end; opening waits for the stream to open the other. */
  <T> Future<T> peerWrites(Work<OutputStream, T> work) {
    return inThread(
        () -> {
          if (far == Far.FIFO) {
            // Not a FileOutputStream, which makes a file where the FIFO has gone.
            try (OutputStream end = Files.newOutputStream(path, StandardOpenOption.WRITE)) {
              return work.with(end);
            }
          }
          try (SocketChannel end = connection()) {
            return work.with(Channels.newOutputStream(end));
          }
        });
  }

  private SocketChannel connection() throws IOException {
    return peerListener == null
        ? SocketChannel.open(UnixDomainSocketAddress.of(path))
        : peerListener.accept();
  }

  <T> Future<T> inThread(Callable<T> work) {
    Future<T> task = ground.threads().submit(work);
    tasks.add(task);
    return task;
  }

  /** Waits until some thread waits in Linux, in a method of this name. */
  static void awaitWaitIn(String method) {
    awaitWaitIn(method, 1);
  }

  /** Waits until so many threads wait in Linux, in a method of this name. */
  static void awaitWaitIn(String method, int threads) {
    await("a wait in " + method).until(() -> NativeThreads.waitingIn(method, "await") >= threads);
  }

  void awaitState(StreamState state) {
    await("the state " + state).until(this::state, state::equals);
  }

  void awaitPosition(long position) {
    await("the position " + position).until(() -> position() >= position);
  }

  /** What the timer has still to do. */
  int scheduled() {
    return ground.timer().getQueue().size();
  }

  StreamState state() {
    return stream.status().state();
  }

  long position() {
    return stream.status().position();
  }

  /** What has become of a range. */
  List<StreamExtent> map(long offset, long length, int most) throws IOException {
    try (Client nobody = stream.newClient(new NoTransport())) {
      return stream.map(nobody, offset, length, most);
    }
  }

  String waitingFor() {
    return String.valueOf(stream.status().waitingFor());
  }

  String failure() {
    return String.valueOf(stream.status().failure());
  }

  @Override
  public void close() throws IOException, InterruptedException {
    stream.cancel();
    for (TestClient client : clients) {
      client.close();
    }
    if (peerListener != null) {
      peerListener.close();
    }
    awaitTasks();
    if (peerListener != null) {
      Files.delete(path);
    }
    assertThat(path).doesNotExist();
    if (ownGround) {
      ground.close();
    }
    assertThat(surprises).as("exceptions that a session does not expect").isEmpty();
  }

  private void awaitTasks() throws InterruptedException {
    for (Future<?> task : tasks) {
      try {
        task.get(10, TimeUnit.SECONDS);
      } catch (ExecutionException | CancellationException e) {
        // How it ended is for whoever asked for it.
      } catch (TimeoutException e) {
        throw new AssertionError("a task goes on after the end of the stream", e);
      }
    }
  }
}
