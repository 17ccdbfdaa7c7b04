package dev.sluice.cluster.api;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.cluster.api.Reply.Answer;
import dev.sluice.cluster.api.Reply.Failure;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Responds to requests that the local REST API does not handle. It runs after authentication. The
 * work runs on a virtual thread, and the response is written in an async dispatch.
 */
final class ExportRouterFilter extends OncePerRequestFilter {

  private static final String REPLY = ExportRouterFilter.class.getName();
  private static final String MOMENT = "1";

  private final Supplier<ExportRouter> api;
  private final Supplier<HandlerExceptionResolver> resolver;

  ExportRouterFilter(Supplier<ExportRouter> api, Supplier<HandlerExceptionResolver> resolver) {
    this.api = api;
    this.resolver = resolver;
  }

  /** The response is written in an async dispatch. */
  @Override
  protected boolean shouldNotFilterAsyncDispatch() {
    return false;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (request.getAttribute(REPLY) instanceof Reply reply) {
      write(reply, request, response);
      return;
    }
    Optional<ApiPath> path =
        request.getDispatcherType() == DispatcherType.REQUEST
            ? ApiPath.of(request)
            : Optional.empty();
    Optional<Callable<Reply>> work;
    try {
      work = path.isEmpty() ? Optional.empty() : api.get().of(path.get(), request);
    } catch (IOException | RuntimeException e) {
      write(trouble(e), request, response);
      return;
    }
    if (work.isEmpty()) {
      chain.doFilter(request, response);
    } else {
      begin(work.get(), request, response);
    }
  }

  /** Needs no timeout, because everything that the work waits for has its own. */
  private static void begin(
      Callable<Reply> work, HttpServletRequest request, HttpServletResponse response) {
    AsyncContext context = request.startAsync(request, response);
    context.setTimeout(0);
    Thread.ofVirtual()
        .name("one-api")
        .start(
            () -> {
              Reply reply = new Failure(new IllegalStateException("there is no reply"));
              try {
                reply = work.call();
              } catch (Exception e) {
                reply = trouble(e);
              } finally {
                request.setAttribute(REPLY, reply);
                context.dispatch();
              }
            });
  }

  /** Translates failures of the API server, which can occur at any step. */
  private static Failure trouble(Exception e) {
    return new Failure(
        e instanceof KubernetesClientException failure ? ClusterProblems.of(failure) : e);
  }

  private void write(Reply reply, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    switch (reply) {
      case Answer answer -> {
        response.setStatus(answer.status());
        answer.headers().forEach(response::setHeader);
        byte[] body = answer.body().bytes();
        if (body.length > 0) {
          response.setContentLength(body.length);
          response.getOutputStream().write(body);
        }
      }
      case Failure trouble -> {
        if (trouble.why() instanceof ProblemException problem
            && problem.type().status() == HttpStatus.SERVICE_UNAVAILABLE) {
          response.setHeader(HttpHeaders.RETRY_AFTER, MOMENT);
        }
        resolver.get().resolveException(request, response, null, trouble.why());
      }
    }
  }
}
