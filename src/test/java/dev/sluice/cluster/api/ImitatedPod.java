package dev.sluice.cluster.api;

import dev.sluice.cluster.ClusterRig;
import dev.sluice.testing.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What the API server knows of a pod that is none. */
record ImitatedPod(ClusterRig rig, String name) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** It gives a sign of life, which is good for a minute. */
  void live(String apiUrl) {
    String lease =
        """
        apiVersion: coordination.k8s.io/v1
        kind: Lease
        metadata:
          name: %1$s.1
          labels: {sluice.dev/member: "true"}
          annotations:
            sluice.dev/pod: %1$s
            sluice.dev/api-url: %2$s
            sluice.dev/lease-milliseconds: "60000"
            sluice.dev/room: "0"
        spec: {holderIdentity: %1$s.1}
        """
            .formatted(name, apiUrl);
    rig.api.apply(rig.namespace, lease).assertSucceeded();
  }

  void die() {
    rig.kubectl("delete", "lease", name + ".1");
  }

  /** The resource says that this pod has its export, whose stream has begun. */
  void have(String export) throws IOException {
    ObjectNode resource =
        (ObjectNode) JSON.readTree(rig.kubectl("get", "sx", export, "-o", "json"));
    Map<String, Object> status =
        Map.of(
            "phase",
            "STREAMING",
            "position",
            4096,
            "startTime",
            "2026-01-01T00:00:00Z",
            "owner",
            Map.of("pod", name, "instance", "1"));
    resource.set("status", JSON.valueToTree(status));
    Path file = Files.writeString(Workspace.newPath("status"), resource.toString());
    rig.kubectl(
        "replace",
        "--raw",
        "/apis/sluice.dev/v1alpha1/namespaces/%s/streamexports/%s/status"
            .formatted(rig.namespace, export),
        "-f",
        file);
  }
}
