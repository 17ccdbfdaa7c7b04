package dev.sluice.cluster.api;

import dev.sluice.api.problem.FieldError;
import dev.sluice.api.problem.ProblemException;
import dev.sluice.api.problem.ProblemType;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What can go wrong between pods, in the words of the REST API. */
final class Problem {

  private static final Logger log = LoggerFactory.getLogger(Problem.class);

  private static final int BAD_REQUEST = 400;
  private static final int FORBIDDEN = 403;
  private static final int UNPROCESSABLE = 422;

  private Problem() {}

  /** It may go well soon. */
  static ProblemException later(String detail) {
    return new ProblemException(ProblemType.UNAVAILABLE, detail);
  }

  /** Another pod has it than was known when the request came. */
  static ProblemException moved() {
    return later("its pod has just changed; try again");
  }

  /** The export does not permit it. */
  static ProblemException wrongState(String field, Object value, String detail) {
    return ProblemException.of(
        ProblemType.WRONG_STATE, List.of(new FieldError(field, value, detail)));
  }

  /** The API server has not done what was asked of it. */
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
