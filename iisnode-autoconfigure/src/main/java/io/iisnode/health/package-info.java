/**
 * Health of the Node applications for Spring Boot. Nothing but the auto-configuration
 * imports this package.
 */
@NullMarked
package io.iisnode.health;

import org.jspecify.annotations.NullMarked;
