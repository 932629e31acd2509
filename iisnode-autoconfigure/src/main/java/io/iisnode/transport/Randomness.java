package io.iisnode.transport;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/**
 * Random bytes that nobody can guess.
 */
public final class Randomness {

	private Randomness() {
	}

	/**
	 * Makes a generator for event loops, which must not wait for the operating system's
	 * source of randomness: it is asked here, once.
	 * @return a generator of its own; thread-safe
	 */
	public static SecureRandom generator() {
		SecureRandom generator;
		try {
			generator = SecureRandom.getInstance("DRBG");
		}
		catch (NoSuchAlgorithmException ex) {
			generator = new SecureRandom();
		}
		generator.nextBytes(new byte[1]);
		return generator;
	}

}
