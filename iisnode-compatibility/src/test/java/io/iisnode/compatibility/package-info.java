/**
 * Applications of many frameworks, unmodified, on several versions of Node.js.
 */
@NullMarked
package io.iisnode.compatibility;

import org.jspecify.annotations.NullMarked;
