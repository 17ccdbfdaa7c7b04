package dev.sluice.crash;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.SluiceProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** One stream, with a client and a peer of its own, of which anything may be cut off. */
final class Trip {

  /** What is between the service and the peer. */
  enum Way {
    FIFO,
    MADE_SOCKET,
    PEERS_SOCKET,
    HTTP
  }

  private static final int CHUNK = 32 * 1024;

  /** Within it nothing ends a stream but the goodbye. */
  private static final int HEAD = 64 * 1024;

  private static final int MAX_CHUNKS = 12;

  final String name;
  final boolean writes;
  final Way way;
  final byte[] disk;

  private final AtomicInteger steps;
  private final SluiceProcess sluice;
  private final Random random;
  private final HttpClient http;
  private final ByteArrayOutputStream moved = new ByteArrayOutputStream();

  /** Whether the POST was answered. */
  volatile boolean made;

  /** Whether the DELETE was answered. */
  volatile boolean deleted;

  /** Whether DELETE was asked for. */
  volatile boolean deleting;

  /** Whether the reply came that says that the peer has everything. */
  volatile boolean toldWhole;

  /** What the client has been told that it was written, or has read. */
  volatile int client;

  Trip(SluiceProcess sluice, HttpClient http, AtomicInteger steps, String name, Random random) {
    this.steps = steps;
    this.sluice = sluice;
    this.http = http;
    this.name = name;
    this.random = random;
    writes = random.nextBoolean();
    way = Way.values()[random.nextInt(Way.values().length)];
    disk = new byte[CHUNK * random.nextInt(1, MAX_CHUNKS)];
    random.nextBytes(disk);
  }

  /** How many steps its client takes. */
  int length() {
    return 1 + disk.length / CHUNK;
  }

  Path path() {
    return sluice.root().resolve(name);
  }

  /** What the peer has read, or has got rid of. */
  byte[] peer() {
    synchronized (moved) {
      return moved.toByteArray();
    }
  }

  Thread start() {
    return inBackground(
        () -> {
          Thread.sleep(random.nextInt(250));
          ServerSocketChannel server = null;
          if (way == Way.PEERS_SOCKET) {
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(path()));
          }
          ExportDocument export = create();
          made = true;
          steps.incrementAndGet();
          bePeer(server);
          beClient(address(export));
          if (random.nextInt(4) == 0) {
            deleting = true;
            deleted = sluice.api().delete(name, true) == 204;
          }
        });
  }

  private ExportDocument create() {
    Map<String, ?> digest = Map.of("digest", "SHA-256");
    Map<String, ?> more = way == Way.MADE_SOCKET ? Map.of("listen", true) : digest;
    String direction = writes ? "write" : "read";
    return way == Way.HTTP
        ? sluice.api().createForHttp(name, direction, (long) disk.length, digest)
        : sluice.api().create(name, path(), direction, (long) disk.length, more);
  }

  private static InetSocketAddress address(ExportDocument export) {
    URI uri =
        export.uris().stream().filter(each -> each.getScheme().equals("nbd")).findFirst().get();
    return new InetSocketAddress(uri.getHost(), uri.getPort());
  }

  private interface Step {
    void run() throws Exception;
  }

  /** Whatever it cannot do any more is the crash's fault; others look at what it did. */
  private Thread inBackground(Step step) {
    return Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                step.run();
              } catch (Exception | AssertionError e) {
                // The service has gone.
              }
            });
  }

  private void bePeer(ServerSocketChannel server) {
    inBackground(
        () -> {
          switch (way) {
            case FIFO -> {
              if (writes) {
                readAll(Files.newInputStream(path()));
              } else {
                writeAll(Files.newOutputStream(path()));
              }
            }
            case MADE_SOCKET -> use(SocketChannel.open(UnixDomainSocketAddress.of(path())));
            case PEERS_SOCKET -> use(server.accept());
            case HTTP -> useHttp();
          }
        });
  }

  private void use(SocketChannel channel) throws IOException {
    if (writes) {
      readAll(Channels.newInputStream(channel));
    } else {
      writeAll(Channels.newOutputStream(channel));
    }
  }

  private void useHttp() throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(sluice.api().resolve("/exports/" + name + "/data"));
    if (writes) {
      readAll(http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()).body());
    } else {
      http.send(
          request.PUT(HttpRequest.BodyPublishers.ofByteArray(disk)).build(),
          HttpResponse.BodyHandlers.discarding());
    }
  }

  private void readAll(InputStream in) throws IOException {
    try (in) {
      byte[] buffer = new byte[CHUNK];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        synchronized (moved) {
          moved.write(buffer, 0, n);
        }
      }
    }
  }

  private void writeAll(OutputStream out) throws IOException {
    try (out) {
      for (int at = 0; at < disk.length; at += CHUNK) {
        out.write(disk, at, CHUNK);
        synchronized (moved) {
          moved.write(disk, at, CHUNK);
        }
      }
    }
  }

  private void beClient(InetSocketAddress address) throws Exception {
    try (RawNbdClient nbd = RawNbdClient.connect(address)) {
      nbd.go(name);
      for (int at = 0; at < disk.length; at += CHUNK) {
        Thread.sleep(random.nextInt(12));
        if (writes) {
          nbd.write(at, Arrays.copyOfRange(disk, at, at + CHUNK));
        } else if (!Arrays.equals(nbd.read(at, CHUNK), Arrays.copyOfRange(disk, at, at + CHUNK))) {
          throw new IOException("other bytes");
        }
        client = at + CHUNK;
        steps.incrementAndGet();
      }
      toldWhole = writes && disk.length > HEAD;
      nbd.disconnect();
    }
  }

  /** What peers have made. */
  static void removeSockets(List<Trip> trips) throws IOException {
    for (Trip trip : trips) {
      if (trip.way == Way.PEERS_SOCKET) {
        Files.deleteIfExists(trip.path());
      }
    }
  }

  @Override
  public String toString() {
    return "%s %s by %s of %d bytes: client %d, peer %d, made %s, deleting %s, deleted %s, whole %s"
        .formatted(
            name,
            writes ? "write" : "read",
            way,
            disk.length,
            client,
            peer().length,
            made,
            deleting,
            deleted,
            toldWhole);
  }
}
