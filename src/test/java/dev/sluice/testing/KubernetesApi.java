package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real Kubernetes API server, with an etcd of its own, on free ports of loopback: one that all
 * tests of a process share, each in a namespace of its own. Nothing runs in it: no pods, no nodes.
 */
public final class KubernetesApi {

  private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);
  private static final Path FOLDER =
      Path.of(System.getenv().getOrDefault("SLUICE_KUBERNETES", "/nonexistent"), "bin");
  private static final AtomicInteger NAMESPACES = new AtomicInteger();
  private static final AtomicInteger USERS = new AtomicInteger();

  private static KubernetesApi shared;

  private final Path run = newFolder();
  private final Path kubeConfig = run.resolve("admin.kubeconfig");
  private final List<Command.Running> processes = new CopyOnWriteArrayList<>();
  private final int etcdPort = freePort();
  private final int port = freePort();
  private Command.Running server;

  private KubernetesApi() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::end));
    Command.shell(KubernetesApi.class, "kubernetes-pki.sh", run).run().assertSucceeded();
    writeKubeConfig(kubeConfig, "admin");
    String etcd = "http://127.0.0.1:" + etcdPort;
    String peers = "http://127.0.0.1:" + freePort();
    processes.add(
        Command.of(FOLDER.resolve("etcd"), "--data-dir", run.resolve("etcd"))
            .with("--listen-client-urls", etcd, "--advertise-client-urls", etcd)
            .with("--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers)
            .with("--initial-cluster", "default=" + peers, "--unsafe-no-fsync")
            .start());
    start();
  }

  /** Requires what {@link #shared} needs. */
  public static void require() {
    Peers.require("openssl");
    Peers.requireFile(
        FOLDER.resolve("kube-apiserver"), "SLUICE_KUBERNETES names no folder of .ci/prepare");
  }

  /** The one that all tests of this process share, which knows the resource StreamExport. */
  public static synchronized KubernetesApi shared() {
    if (shared == null) {
      KubernetesApi api = new KubernetesApi();
      api.defineResource();
      shared = api;
    }
    return shared;
  }

  /** Has it know StreamExport. */
  public void defineResource() {
    kubectl("apply", "--validate=false", "-f", definition()).assertSucceeded();
    kubectl("wait", "--for=condition=Established", "crd/streamexports.sluice.dev", "--timeout=30s")
        .assertSucceeded();
    // Whoever asks what resources there are may be told later.
    await()
        .atMost(STARTS_WITHIN)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> kubectl("get", "sx", "--all-namespaces").exitCode() == 0);
  }

  /** The definition of StreamExport that the chart has. */
  public static Path definition() {
    return Path.of("helm/sluice/files/streamexports.yaml").toAbsolutePath();
  }

  /** A new namespace. */
  public String newNamespace() {
    String name = "test-" + NAMESPACES.incrementAndGet();
    kubectl("create", "namespace", name).assertSucceeded();
    return name;
  }

  /** How its administrator reaches it. */
  public Path kubeConfig() {
    return kubeConfig;
  }

  /** The port of loopback that it listens on. */
  public int port() {
    return port;
  }

  /** Runs kubectl to its end. */
  public Command.Result kubectl(Object... arguments) {
    return kubectlCommand(arguments).run();
  }

  /** A kubectl that has its administrator's rights. */
  public Command kubectlCommand(Object... arguments) {
    return Command.of(FOLDER.resolve("kubectl"))
        .with("--kubeconfig", kubeConfig, "--cache-dir", run.resolve("cache"))
        .with(arguments);
  }

  /** Has it take a document, as {@code kubectl apply} does with these options. */
  public Command.Result apply(String namespace, String yaml, Object... options) {
    Path file = Workspace.newPath("yaml");
    try {
      Files.writeString(file, yaml);
      return kubectlCommand("-n", namespace, "apply", "-f", file).with(options).run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Workspace.remove(file);
    }
  }

  /** Kills it; what it knows is kept, in etcd. */
  public void stop() {
    processes.remove(server);
    server.close();
    await().atMost(STARTS_WITHIN).until(() -> !server.isAlive());
  }

  /** Starts it, again after {@link #stop}, and waits until it is ready. */
  public void start() {
    Path pki = run.resolve("pki");
    server =
        Command.of(FOLDER.resolve("kube-apiserver"))
            .with("--etcd-servers=http://127.0.0.1:" + etcdPort)
            .with("--bind-address=127.0.0.1", "--advertise-address=127.0.0.1")
            .with("--secure-port=" + port, "--insecure-port=0", "--endpoint-reconciler-type=none")
            .with("--tls-cert-file=" + pki.resolve("server.crt"))
            .with("--tls-private-key-file=" + pki.resolve("server.key"))
            .with("--client-ca-file=" + pki.resolve("ca.crt"), "--authorization-mode=RBAC")
            .with("--service-account-issuer=https://kubernetes.default.svc")
            .with("--service-account-key-file=" + pki.resolve("server.key"))
            .with("--service-account-signing-key-file=" + pki.resolve("server.key"))
            .with("--service-cluster-ip-range=10.96.0.0/16")
            .start();
    processes.add(server);
    await()
        .atMost(STARTS_WITHIN)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> !server.isAlive() || kubectl("get", "--raw", "/readyz").exitCode() == 0);
    assertThat(server.isAlive()).as("the API server runs").isTrue();
  }

  /** How somebody reaches it who has this name, and only the rights that were given to it. */
  public Path kubeConfig(String user) {
    String file = "user-" + USERS.incrementAndGet();
    Command.shell(KubernetesApi.class, "kubernetes-user.sh", run.resolve("pki"), file, user)
        .run()
        .assertSucceeded();
    Path config = run.resolve(file + ".kubeconfig");
    writeKubeConfig(config, file);
    return config;
  }

  /** A folder with what a pod has of its service account: a token, the authority, the namespace. */
  public Path account(String namespace, String name) {
    Path folder = Workspace.newFolder("account");
    Path request = Workspace.newPath("request");
    try {
      Files.writeString(
          request,
          "{\"apiVersion\": \"authentication.k8s.io/v1\", \"kind\": \"TokenRequest\", \"spec\": {}}");
      String path = "/api/v1/namespaces/%s/serviceaccounts/%s/token".formatted(namespace, name);
      String issued = kubectl("create", "--raw", path, "-f", request).assertSucceeded().output();
      Files.writeString(
          folder.resolve("token"), issued.replaceFirst("(?s).*\"token\":\"([^\"]+)\".*", "$1"));
      Files.writeString(folder.resolve("namespace"), namespace);
      Files.copy(run.resolve("pki").resolve("ca.crt"), folder.resolve("ca.crt"));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Workspace.remove(request);
    }
  }

  private void writeKubeConfig(Path config, String user) {
    try {
      Files.writeString(
          config,
          """
          apiVersion: v1
          kind: Config
          current-context: test
          clusters: [{name: test, cluster: {server: "https://127.0.0.1:%d", certificate-authority-data: %s}}]
          users: [{name: user, user: {client-certificate-data: %s, client-key-data: %s}}]
          contexts: [{name: test, context: {cluster: test, user: user}}]
          """
              .formatted(port, pem("ca.crt"), pem(user + ".crt"), pem(user + ".key")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String pem(String name) throws IOException {
    return Base64.getEncoder().encodeToString(Files.readAllBytes(run.resolve("pki").resolve(name)));
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Not the workspace, which is removed before these processes have ended. */
  private static Path newFolder() {
    try {
      return Files.createTempDirectory("sluice-kubernetes-").toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void end() {
    for (Command.Running process : processes) {
      ProcessHandle.of(process.pid())
          .ifPresent(
              handle -> {
                handle.destroyForcibly();
                handle.onExit().orTimeout(10, TimeUnit.SECONDS).join();
              });
    }
    Workspace.remove(run);
  }
}
