package dev.sluice.access;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.web.filter.FormContentFilter;

/**
 * Replaces Spring's filter for forms, which no key turns off. That filter reads the whole body of a
 * PUT, PATCH or DELETE before authentication, however long that takes.
 */
final class NoForms extends FormContentFilter {

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return true;
  }
}
