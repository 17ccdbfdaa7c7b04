package dev.sluice.cluster.api;

import dev.sluice.api.problem.FieldError;
import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.problem.ProblemType;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Problems of the REST API that only a cluster has. */
final class ClusterProblems {

  private static final Logger log = LoggerFactory.getLogger(ClusterProblems.class);

  private static final int BAD_REQUEST = 400;
  private static final int FORBIDDEN = 403;
  private static final int UNPROCESSABLE = 422;

  private ClusterProblems() {}

  /** Returns a 503 for what may succeed soon. */
  static ProblemException later(String detail) {
    return new ProblemException(ProblemType.UNAVAILABLE, detail);
  }

  /** Returns a 503 because the owner has changed during the request. */
  static ProblemException moved() {
    return later("its pod has just changed; try again");
  }

  /** Returns a 409 because of the state of the export. */
  static ProblemException wrongState(String field, Object value, String detail) {
    return ProblemException.of(
        ProblemType.WRONG_STATE, List.of(new FieldError(field, value, detail)));
  }

  /** Translates a failure of the API server. */
  static ProblemException of(KubernetesClientException e) {
    String why = e.getStatus() == null ? "" : String.valueOf(e.getStatus().getMessage());
    if (e.getCode() == UNPROCESSABLE || e.getCode() == BAD_REQUEST) {
      return new ProblemException(ProblemType.WRONG_FIELDS, why);
    }
    if (e.getCode() == FORBIDDEN && why.contains("exceeded quota")) {
      return new ProblemException(ProblemType.TOO_MANY_EXPORTS, why);
    }
    log.warn("The API server of Kubernetes has not done what was asked: {}", e.getMessage());
    return later(
        "the API server of Kubernetes does not do it now%s; try again"
            .formatted(e.getCode() == 0 ? "" : " (status %d)".formatted(e.getCode())));
  }
}
