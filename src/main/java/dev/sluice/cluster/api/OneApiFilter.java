package dev.sluice.cluster.api;

import dev.sluice.api.problem.ProblemException;
import dev.sluice.cluster.api.Reply.Answer;
import dev.sluice.cluster.api.Reply.Trouble;
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
 * Answers what is not for this pod's own exports. It comes after those filters that ask who the
 * caller is. What takes time is done by a thread of its own, and its reply is written by the web
 * server's.
 */
final class OneApiFilter extends OncePerRequestFilter {

  private static final String REPLY = OneApiFilter.class.getName();
  private static final String MOMENT = "1";

  private final Supplier<OneApi> api;
  private final Supplier<HandlerExceptionResolver> resolver;

  OneApiFilter(Supplier<OneApi> api, Supplier<HandlerExceptionResolver> resolver) {
    this.api = api;
    this.resolver = resolver;
  }

  /** The reply is written in such a dispatch. */
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

  /** Everything that the work waits for has a limit of its own. */
  private static void begin(
      Callable<Reply> work, HttpServletRequest request, HttpServletResponse response) {
    AsyncContext context = request.startAsync(request, response);
    context.setTimeout(0);
    Thread.ofVirtual()
        .name("one-api")
        .start(
            () -> {
              Reply reply = new Trouble(new IllegalStateException("there is no reply"));
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

  /** The API server may not answer anywhere on the way. */
  private static Trouble trouble(Exception e) {
    return new Trouble(e instanceof KubernetesClientException failure ? Problem.of(failure) : e);
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
      case Trouble trouble -> {
        if (trouble.why() instanceof ProblemException problem
            && problem.type().status() == HttpStatus.SERVICE_UNAVAILABLE) {
          response.setHeader(HttpHeaders.RETRY_AFTER, MOMENT);
        }
        resolver.get().resolveException(request, response, null, trouble.why());
      }
    }
  }
}
