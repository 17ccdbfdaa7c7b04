package dev.sluice.cluster.api;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.cluster.KubernetesProperties;
import dev.sluice.cluster.SharedExports;
import dev.sluice.cluster.resource.StreamExport;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** How long somebody waits until a pod has made an export; then it is taken back. */
final class Readiness {

  private static final int ATTEMPTS = 3;

  private final Supplier<SharedExports> all;
  private final KubernetesProperties properties;

  Readiness(Supplier<SharedExports> all, KubernetesProperties properties) {
    this.all = all;
    this.properties = properties;
  }

  /** Waits until a resource that is being deleted is gone. */
  void awaitEnd(StreamExport going) throws InterruptedException {
    all.get().await(going.name(), now -> !isOf(now, going), properties.readyWithin());
  }

  private static boolean isOf(Optional<StreamExport> now, StreamExport resource) {
    return now.filter(one -> one.uid().equals(resource.uid())).isPresent();
  }

  /** As soon as it is ready, or has ended; as it is at last if that takes too long. */
  StreamExport ready(StreamExport resource) throws InterruptedException {
    return all.get()
        .await(
            resource.name(),
            now -> now.filter(Readiness::isSettled).isPresent(),
            properties.readyWithin())
        .orElse(resource);
  }

  private static boolean isSettled(StreamExport resource) {
    return resource.known().isReady() || resource.known().isFinal() || resource.isBeingDeleted();
  }

  /** It with what has become of it: a pod has it, or has refused it, or it has ended already. */
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
    throw Problem.later(
        "no pod has made it yet, and one may do so still; look at it before you try again");
  }

  /**
   * This pod learns of a resource after it was made, and is not to take it for one that is gone.
   */
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
    return Problem.wrongState("name", made.name(), "somebody has deleted it before it was ready");
  }

  /**
   * Deletes what no pod has made in time; returns it as it is now if that is another version, since
   * a pod may just have taken it.
   */
  StreamExport takenBackUnlessChanged(StreamExport last) {
    try {
      all.get().delete(last);
    } catch (KubernetesClientException e) {
      if (!SharedExports.isOutdated(e)) {
        throw Problem.of(e);
      }
      return now(last);
    }
    throw Problem.later(
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
      throw Problem.of(e);
    }
  }
}
