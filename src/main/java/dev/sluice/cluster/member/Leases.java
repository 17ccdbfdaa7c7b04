package dev.sluice.cluster.member;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;

/** The Leases of all members, as the API server has them. */
public final class Leases {

  private final KubernetesClient client;

  public Leases(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Reads all of them.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if that fails
   */
  public List<Lease> all() {
    return client.leases().withLabel(Members.LABEL).list().getItems();
  }

  /**
   * Deletes a Lease.
   *
   * @param version the resource version at which it had expired
   * @throws io.fabric8.kubernetes.client.KubernetesClientException with status 409 if it was
   *     renewed since, or 404 if there is none
   */
  public void delete(String name, String version) {
    Lease expired =
        new LeaseBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(client.getNamespace())
            .endMetadata()
            .build();
    client.resource(expired).lockResourceVersion(version).delete();
  }
}
