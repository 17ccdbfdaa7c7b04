package dev.sluice.cluster.api;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.cluster.KubernetesProperties;
import dev.sluice.cluster.SharedExports;
import dev.sluice.cluster.resource.StreamExport;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits until a pod has made an export. Deletes the resource if none does so in time. */
final class ReadinessWait {

  private static final int ATTEMPTS = 3;

  private final Supplier<SharedExports> all;
  private final KubernetesProperties properties;

  ReadinessWait(Supplier<SharedExports> all, KubernetesProperties properties) {
    this.all = all;
    this.properties = properties;
  }

  /** Waits until a resource that is being deleted is gone, within {@code ready-within}. */
  void awaitEnd(StreamExport going) throws InterruptedException {
    all.get().await(going.name(), now -> !isOf(now, going), properties.readyWithin());
  }

  private static boolean isOf(Optional<StreamExport> now, StreamExport resource) {
    return now.filter(one -> one.uid().equals(resource.uid())).isPresent();
  }

  /**
   * Waits until an export is ready or has ended. Returns its last known version if that takes too
   * long.
   */
  StreamExport ready(StreamExport resource) throws InterruptedException {
    return all.get()
        .await(
            resource.name(),
            now -> now.filter(ReadinessWait::isSettled).isPresent(),
            properties.readyWithin())
        .orElse(resource);
  }

  private static boolean isSettled(StreamExport resource) {
    return resource.known().isReady() || resource.known().isFinal() || resource.isBeingDeleted();
  }

  /**
   * Waits until a pod has made or refused an export, or it has ended. Returns the resource as it is
   * then.
   *
   * @throws ProblemException if no pod has made it in time, or it is deleted meanwhile
   */
  StreamExport settled(StreamExport made) throws InterruptedException {
    StreamExport last = made;
    boolean wasThere = false;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Settling settling = new Settling(made, wasThere);
      Optional<StreamExport> now = all.get().await(made.name(), settling, properties.readyWithin());
      wasThere = settling.wasThere;
      if (isOf(now, made)) {
        last = now.orElseThrow();
      } else if (wasThere) {
        throw deleted(made);
      }
      if (!isSettled(last)) {
        last = takenBackUnlessChanged(last);
      }
      if (last.isBeingDeleted()) {
        throw deleted(made);
      }
      if (isSettled(last)) {
        return last;
      }
    }
    throw ClusterProblems.later(
        "no pod has made it yet, and one may do so still; look at it before you try again");
  }

  /** Tells a resource that the cache does not have yet from one that is gone. */
  private static final class Settling implements Predicate<Optional<StreamExport>> {

    private final StreamExport made;
    private boolean wasThere;

    Settling(StreamExport made, boolean wasThere) {
      this.made = made;
      this.wasThere = wasThere;
    }

    @Override
    public boolean test(Optional<StreamExport> now) {
      boolean isThere = isOf(now, made);
      wasThere |= isThere;
      return isThere ? isSettled(now.orElseThrow()) : wasThere;
    }
  }

  private static ProblemException deleted(StreamExport made) {
    return ClusterProblems.wrongState(
        "name", made.name(), "somebody has deleted it before it was ready");
  }

  /**
   * Deletes the resource that no pod has made in time. Returns it if it has changed meanwhile,
   * since a pod may just have claimed it.
   */
  StreamExport takenBackUnlessChanged(StreamExport last) {
    try {
      all.get().delete(last);
    } catch (KubernetesClientException e) {
      if (!SharedExports.isOutdated(e)) {
        throw ClusterProblems.of(e);
      }
      return now(last);
    }
    throw ClusterProblems.later(
        "no pod has made it within %s: none has room, or none takes part; try again"
            .formatted(properties.readyWithin()));
  }

  private StreamExport now(StreamExport last) {
    try {
      return all.get()
          .now(last.name())
          .filter(one -> one.uid().equals(last.uid()))
          .orElseThrow(() -> deleted(last));
    } catch (KubernetesClientException e) {
      throw ClusterProblems.of(e);
    }
  }
}
