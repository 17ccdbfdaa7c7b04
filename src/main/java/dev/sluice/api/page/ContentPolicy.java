package dev.sluice.api.page;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Tells a browser what the files of a page may do (Content Security Policy Level 3).
 *
 * @param policy as the header has it
 */
record ContentPolicy(String policy) implements HandlerInterceptor {

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    response.setHeader("Content-Security-Policy", policy);
    return true;
  }
}
