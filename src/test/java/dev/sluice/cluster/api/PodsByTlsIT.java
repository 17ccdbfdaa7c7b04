package dev.sluice.cluster.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.cluster.ClusterRig;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.FreePort;
import dev.sluice.testing.KubernetesApi;
import dev.sluice.testing.OwnService;
import dev.sluice.testing.Peers;
import dev.sluice.testing.Pki;
import dev.sluice.testing.RestClient;
import dev.sluice.testing.RestClient.Answer;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Workspace;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Two pods whose REST API is encrypted, and others that pass for pods. */
class PodsByTlsIT {

  private static final String TOKEN = "operators-token-0001";
  private static final Disk DISK = Disks.random(4L * Disks.MIB);

  private static final String NO_HANDSHAKE = "no handshake";

  private static ClusterRig rig;
  private static Path files;
  private static Path authority;
  private static RestClient first;
  private static int firstPort;
  private static RestClient second;

  @BeforeAll
  static void start() throws Exception {
    KubernetesApi.require();
    Peers.require("curl", "nbdcopy");
    rig = new ClusterRig();
    Pki pki = new Pki("Sluice tests");
    X509Bundle server = pki.server();
    files = Workspace.newFolder("server");
    Pki.writeServer(files, server, pki);
    authority = pki.folder().resolve("ca-cert.pem");
    SSLContext trust = Pki.trusting(server);
    OwnService one = pod("sluice-0");
    firstPort = one.port();
    first = RestClient.of(trust, firstPort, TOKEN);
    second = RestClient.of(trust, pod("sluice-1").port(), TOKEN);
    for (RestClient each : List.of(first, second)) {
      await().atMost(ClusterRig.SOON).until(() -> each.get("/exports/nobody").status() == 404);
    }
  }

  private static OwnService pod(String name) {
    int port = FreePort.any();
    List<String> properties = new ArrayList<>(Pki.properties(files, "off", "none"));
    properties.add("server.port=" + port);
    properties.add("server.ssl.bundle=nbd");
    properties.add("spring.ssl.bundle.pem.pods.truststore.certificate=" + authority);
    properties.add("sluice.kubernetes.api-bundle=pods");
    properties.add("sluice.kubernetes.api-url=https://localhost:" + port);
    properties.add("sluice.security.tokens=" + TOKEN);
    return rig.pod(name, properties.toArray(String[]::new));
  }

  @AfterAll
  static void end() throws Exception {
    rig.close();
  }

  private static JsonNode makeAtSecond(String name, String more) {
    Answer made =
        first.post(
            "{\"name\": \"%s\", \"peer\": \"http\", \"direction\": \"write\", \"pod\": \"sluice-1\"%s}"
                .formatted(name, more));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    return made.json();
  }

  private static Command curl(String name, Path got) {
    return Command.of("curl", "-fsSL", "--location-trusted", "--max-time", "30", "-o", got)
        .with("--cacert", authority, "-H", "Authorization: Bearer " + TOKEN)
        .with("https://localhost:%d/exports/%s/data".formatted(firstPort, name));
  }

  @Test
  void anExportLivesByThePodThatDoesNotHaveIt() throws Exception {
    JsonNode made = makeAtSecond("save", ", \"size\": %d".formatted(DISK.size()));
    assertThat(made.at("/data/url").asString()).startsWith("https://localhost:");
    assertThat(first.get("/exports/save").text("pod")).isEqualTo("sluice-1");
    assertThat(first.send("PATCH", "/exports/save", "{\"rateLimit\": \"1G\"}").status())
        .isEqualTo(200);
    assertThat(second.get("/exports/save").json().path("rateLimit").asLong()).isEqualTo(1L << 30);
    Path got = Workspace.newPath("got");

    try (Command.Running peer = curl("save", got).start()) {
      Command.of("nbdcopy", DISK.path(), made.at("/uris/0").asString()).run().assertSucceeded();
      peer.await().assertSucceeded();
    }

    assertThat(Sha256.of(got)).isEqualTo(DISK.sha256());
    assertThat(first.get("/exports/save?waitFor=ended").text("state")).isEqualTo("COMPLETED");
    assertThat(first.delete("/exports/save").status()).isEqualTo(204);
    await().atMost(ClusterRig.SOON).until(() -> second.get("/exports/save").status() == 404);
  }

  @Test
  void aStreamIsFinishedByThePodThatDoesNotHaveIt() throws Exception {
    JsonNode made = makeAtSecond("finished", ", \"headWindow\": 0");
    Path got = Workspace.newPath("got");
    try (Command.Running peer = curl("finished", got).start();
        RawNbdClient client = TwoPods.connect(made)) {
      client.write(0, "some bytes".getBytes(StandardCharsets.US_ASCII));
      client.abort();
      rig.awaitPhase("finished", "INTERRUPTED");

      Answer finished = first.post("/exports/finished/finish", "");

      assertThat(finished.status()).as(finished.body()).isIn(200, 202);
      peer.await().assertSucceeded();
    }
    assertThat(got).hasContent("some bytes");
    rig.awaitPhase("finished", "COMPLETED");
  }

  /** Notes of each connection that its handshake has failed, or how many bytes came after it. */
  private static BlockingQueue<String> listen(ServerSocket server) {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              while (!server.isClosed()) {
                String what = NO_HANDSHAKE;
                try (Socket client = server.accept()) {
                  if (client instanceof SSLSocket encrypted) {
                    encrypted.startHandshake();
                  }
                  what = "a connection";
                  what = "%d bytes".formatted(client.getInputStream().readNBytes(1).length);
                } catch (IOException e) {
                  // That the other side has gone.
                }
                seen.add(what);
              }
            });
    return seen;
  }

  private static void askFor(String name, String pod) throws IOException {
    rig.ask(name, "direction: write, peer: http, size: 1M, pod: " + pod);
    new ImitatedPod(rig, pod).have(name);
  }

  private static Answer awaitRefusal(String path, String words) {
    return await()
        .atMost(ClusterRig.SOON)
        .until(() -> first.get(path), answer -> answer.body().contains(words));
  }

  @Test
  void aPodWithTheCertificateOfAStrangerIsSentNothing() throws Exception {
    SSLContext strange = SSLContext.getInstance("TLS");
    X509Bundle certificate = new Pki("Somebody else").server();
    strange.init(certificate.toKeyManagerFactory().getKeyManagers(), null, null);
    try (ServerSocket server =
        strange
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      BlockingQueue<String> seen = listen(server);
      ImitatedPod stranger = new ImitatedPod(rig, "sluice-8");
      stranger.live("https://localhost:" + server.getLocalPort());
      askFor("strange", "sluice-8");

      Answer refused = awaitRefusal("/exports/strange", "no certificate");

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.header("Retry-After")).isEqualTo("1");
      assertThat(refused.detail())
          .startsWith("the pod sluice-8, which has the export, has no certificate that this one")
          .contains("was sent nothing", "sluice.kubernetes.api-bundle");
      for (Answer other :
          List.of(
              first.delete("/exports/strange"),
              first.send("PATCH", "/exports/strange", "{\"rateLimit\": 1}"))) {
        assertThat(other.status()).isEqualTo(503);
      }
      assertThat(seen).hasSizeGreaterThanOrEqualTo(3).containsOnly(NO_HANDSHAKE);
      stranger.die();
    }
  }

  @Test
  void aPodWithoutACertificateIsNotEvenAsked() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      BlockingQueue<String> seen = listen(server);
      ImitatedPod plain = new ImitatedPod(rig, "sluice-7");
      plain.live("http://localhost:" + server.getLocalPort());
      askFor("plain", "sluice-7");

      Answer refused = awaitRefusal("/exports/plain", "is not encrypted");

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.detail()).startsWith("the pod sluice-7 has it, and its REST API is not");
      assertThat(first.get("/exports/plain/data").status()).isEqualTo(503);
      assertThat(seen).isEmpty();
      plain.die();
    }
  }
}
