package dev.sluice.api.page;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Sends the Content-Security-Policy of a page's files (Content Security Policy Level 3).
 *
 * @param policy the value of the header
 */
record ContentPolicy(String policy) implements HandlerInterceptor {

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    response.setHeader("Content-Security-Policy", policy);
    return true;
  }
}
