package dev.sluice.cluster.member;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;

/** The Leases of all members, as the API server has them. */
public final class Leases {

  private final KubernetesClient client;

  public Leases(KubernetesClient client) {
    this.client = client;
  }

  /**
   * All of them.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException when the API server does not
   *     tell
   */
  public List<Lease> all() {
    return client.leases().withLabel(Members.LABEL).list().getItems();
  }

  /** Removes the one of a name, if it is there. */
  public void delete(String name) {
    client.leases().withName(name).delete();
  }
}
