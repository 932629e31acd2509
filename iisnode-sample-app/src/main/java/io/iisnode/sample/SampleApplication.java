package io.iisnode.sample;

import java.nio.file.Path;
import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.system.ApplicationHome;

/**
 * Hosts the Node.js applications of the folder {@code node} of this module, or of any
 * other folder with {@code --iisnode.root=<folder>}.
 */
@SpringBootApplication
public class SampleApplication {

	public static void main(String[] args) {
		SpringApplication application = new SpringApplication(SampleApplication.class);
		application.setDefaultProperties(Map.of("iisnode.root", defaultRoot().toString()));
		application.run(args);
	}

	/**
	 * The folder {@code node} nearest to the jar or the compiled classes, so that the
	 * sample starts from any working directory: both lie in {@code target}, beside it.
	 * @return the folder, absolute
	 */
	private static Path defaultRoot() {
		Path home = new ApplicationHome(SampleApplication.class).getDir().toPath().toAbsolutePath();
		for (Path folder = home; folder != null; folder = folder.getParent()) {
			Path root = folder.resolve("node");
			if (root.resolve("hello.js").toFile().isFile()) {
				return root;
			}
		}
		return home.resolve("node");
	}

}
