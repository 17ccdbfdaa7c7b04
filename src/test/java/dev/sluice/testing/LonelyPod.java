package dev.sluice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A pod that is to share exports, and whose API server is nowhere. */
public final class LonelyPod {

  private LonelyPod() {}

  /** What such a service is configured with. */
  public static List<String> properties() {
    Path config = Workspace.newPath("kubeconfig");
    try {
      Files.writeString(
          config,
          """
          apiVersion: v1
          kind: Config
          current-context: nowhere
          clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:1"}}]
          users: [{name: nobody, user: {token: none}}]
          contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
          """);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.of(
        "sluice.exports.store=none",
        "sluice.kubernetes.enabled=true",
        "sluice.kubernetes.namespace=streams",
        "sluice.kubernetes.pod=sluice-0",
        "sluice.kubernetes.api-url=http://127.0.0.1:1",
        "sluice.kubernetes.lease-duration=3s",
        "sluice.kubernetes.kubeconfig=" + config);
  }
}
