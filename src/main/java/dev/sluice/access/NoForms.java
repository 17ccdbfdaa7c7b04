package dev.sluice.access;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.web.filter.FormContentFilter;

/**
 * Takes the place of Spring's filter for forms, which reads the whole body of a PUT, PATCH or
 * DELETE before anybody is asked for a token, however long it is and takes. No key switches this
 * off.
 */
final class NoForms extends FormContentFilter {

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return true;
  }
}
