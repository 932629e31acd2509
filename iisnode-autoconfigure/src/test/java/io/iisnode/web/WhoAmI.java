package io.iisnode.web;

import java.nio.file.Path;

import io.iisnode.testing.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a script answers that tells who it is.
 *
 * @param pid id of its process
 * @param script its real path
 * @param target the request target that it saw
 */
record WhoAmI(long pid, Path script, String target) {

	/**
	 * Stands in each file whose content must not be seen.
	 */
	static final String SECRET = "4f1c9a";

	/**
	 * A script that answers every request.
	 */
	static final String SCRIPT = "// " + SECRET + """

			require('http').createServer((req, res) => {
				res.end([process.pid, __filename, req.url].join('\\n'));
			}).listen(process.env.PORT);
			""";

	static WhoAmI of(RawResponse response) {
		assertThat(response.status()).as(response.body()).isEqualTo(200);
		String[] lines = response.body().split("\n");
		assertThat(lines).as(response.body()).hasSize(3);
		return new WhoAmI(Long.parseLong(lines[0]), Path.of(lines[1]), lines[2]);
	}

}
