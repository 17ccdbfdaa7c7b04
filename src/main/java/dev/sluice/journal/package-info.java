/**
 * Records on local disk that outlive the service. Each is certainly on disk before its effect is
 * reported. It must not know what the records say, nor what an export is.
 */
@NullMarked
package dev.sluice.journal;

import org.jspecify.annotations.NullMarked;
