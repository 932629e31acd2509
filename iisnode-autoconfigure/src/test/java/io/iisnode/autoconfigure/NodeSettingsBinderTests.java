package io.iisnode.autoconfigure;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.test.util.TestPropertyValues.Type;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import io.iisnode.application.ApplicationDefinition;
import io.iisnode.application.ApplicationSettings;
import io.iisnode.application.ClientSettings;
import io.iisnode.application.FileSettings;
import io.iisnode.application.QueueSettings;
import io.iisnode.application.RecycleStrategy;
import io.iisnode.application.StickySettings;
import io.iisnode.log.LogSettings;
import io.iisnode.process.ProcessActivation;
import io.iisnode.process.ProcessLimits;
import io.iisnode.process.ProcessSelection;
import io.iisnode.process.ProcessSettings;
import io.iisnode.process.RapidFailSettings;
import io.iisnode.protocol.ExchangeSettings;
import io.iisnode.transport.ConnectionSettings;
import io.iisnode.watch.WatchSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class NodeSettingsBinderTests {

	private final StandardEnvironment environment = new StandardEnvironment();

	@Test
	void defaultsAreThoseOfIisnode() {
		ApplicationSettings settings = binder().defaults();
		assertThat(settings).isEqualTo(new ApplicationSettings(
				new ProcessSettings(List.of("node"), List.of(), 1, 0, 1024, ProcessActivation.ALL,
						ProcessSelection.ROUND_ROBIN, Duration.ofSeconds(30), Duration.ofSeconds(60), "", Map.of(),
						null, ProcessLimits.NONE),
				RapidFailSettings.DEFAULTS, ConnectionSettings.DEFAULTS, ExchangeSettings.DEFAULTS,
				new QueueSettings(1024, Duration.ofSeconds(30)),
				new LogSettings(true, Path.of("iisnode"), 128 * 1024, 1024 * 1024, 20),
				WatchSettings.of("*.js;iisnode.yml", Duration.ofSeconds(5)), RecycleStrategy.READY_FIRST,
				ClientSettings.DEFAULTS, StickySettings.DEFAULTS, FileSettings.NONE, false, 0));
	}

	@Test
	void hostDefaults() {
		NodeHostSettings host = binder().host();
		assertThat(host.root()).isEqualTo(Path.of("node").toAbsolutePath());
		assertThat(host.handlers()).containsExactly("/**/*.js");
		assertThat(host.hiddenSegments()).containsExactly("node_modules", ".*", "web.config", "iisnode.yml", "iisnode");
		assertThat(host.maxApplications()).isEqualTo(100);
		assertThat(host.order()).isOne();
		assertThat(host.threadCount()).isZero();
		assertThat(host.pipeDirectory()).isNull();
		assertThat(host.failFast()).isFalse();
	}

	@Test
	void hostSettingsBind() {
		NodeHostSettings host = binder("iisnode.root=build/../scripts", "iisnode.handlers=/a/*.js,/b/*.mjs",
				"iisnode.hidden-segments=private", "iisnode.log-directory=logs/node", "iisnode.max-applications=7",
				"iisnode.order=-5", "iisnode.async-completion-thread-count=3", "iisnode.pipe-directory=/run/app")
			.host();
		assertThat(host.root()).isEqualTo(Path.of("scripts").toAbsolutePath());
		assertThat(host.handlers()).containsExactly("/a/*.js", "/b/*.mjs");
		assertThat(host.hiddenSegments()).containsExactly("private", "logs");
		assertThat(host.maxApplications()).isEqualTo(7);
		assertThat(host.order()).isEqualTo(-5);
		assertThat(host.threadCount()).isEqualTo(3);
		assertThat(host.pipeDirectory()).isEqualTo(Path.of("/run/app"));
	}

	@Test
	void logDirectoryOfAnApplicationIsHidden() {
		assertThat(binder("iisnode.applications.shop.log-directory=shop-logs").host().hiddenSegments())
			.contains("iisnode", "shop-logs");
	}

	@Test
	void logDirectoryIsHiddenByItsNameOnly() {
		List<String> hidden = binder("iisnode.hidden-segments=", "iisnode.log-directory=[log]s*").host()
			.hiddenSegments();
		assertThat(hidden).containsExactly("\\[log\\]s\\*");
		PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + hidden.get(0));
		assertThat(matcher.matches(Path.of("[log]s*"))).isTrue();
		assertThat(matcher.matches(Path.of("lsx"))).isFalse();
	}

	@Test
	void handlersMayBeEmpty() {
		assertThat(binder("iisnode.handlers=").host().handlers()).isEmpty();
	}

	@Test
	void settingsOfAnApplicationWinOverThoseOfAll() {
		NodeSettingsBinder binder = binder("iisnode.max-pending-time=5s",
				"iisnode.max-concurrent-requests-per-process=4", "iisnode.applications.shop.script=shop/server.js",
				"iisnode.applications.shop.max-concurrent-requests-per-process=8");
		ApplicationSettings shop = binder.configuredApplication("shop").settings();
		assertThat(shop.process().maxConcurrentRequests()).isEqualTo(8);
		assertThat(shop.queue().maxPendingTime()).isEqualTo(Duration.ofSeconds(5));
		assertThat(binder.defaults().process().maxConcurrentRequests()).isEqualTo(4);
	}

	@Test
	void listsReplaceListsAndMapsAreAddedToMaps() {
		ProcessSettings process = binder("iisnode.node-process-arguments=--a,--b", "iisnode.environment.TZ=UTC",
				"iisnode.environment.DATABASE_URL=db:all", "iisnode.applications.shop.script=server.js",
				"iisnode.applications.shop.node-process-arguments=--c",
				"iisnode.applications.shop.environment.DATABASE_URL=db:shop",
				"iisnode.applications.shop.environment.Shop_Name=Tea")
			.configuredApplication("shop")
			.settings()
			.process();
		assertThat(process.arguments()).containsExactly("--c");
		assertThat(process.environment()).containsOnly(Map.entry("TZ", "UTC"), Map.entry("DATABASE_URL", "db:shop"),
				Map.entry("Shop_Name", "Tea"));
	}

	@Test
	void applicationsDoNotShareChanges() {
		NodeSettingsBinder binder = binder("iisnode.environment.A=1", "iisnode.applications.one.script=one.js",
				"iisnode.applications.one.environment.B=2", "iisnode.applications.two.script=two.js");
		binder.configuredApplication("one");
		assertThat(binder.configuredApplication("two").settings().process().environment())
			.containsOnly(Map.entry("A", "1"));
	}

	@Test
	void folderIsThatOfTheScriptUnlessItIsSet() {
		NodeSettingsBinder binder = binder("iisnode.root=/srv/node", "iisnode.applications.one.script=one/server.js",
				"iisnode.applications.two.script=two/node_modules/tool/bin.js",
				"iisnode.applications.two.directory=two", "iisnode.applications.two.arguments=start,-p,3000");
		ApplicationDefinition one = binder.configuredApplication("one");
		assertThat(one.directory()).isEqualTo(Path.of("/srv/node/one").toAbsolutePath());
		assertThat(one.arguments()).isEmpty();
		ApplicationDefinition two = binder.configuredApplication("two");
		assertThat(two.directory()).isEqualTo(Path.of("/srv/node/two").toAbsolutePath());
		assertThat(two.arguments()).containsExactly("start", "-p", "3000");
	}

	@Test
	void scriptIsRelativeToRootAndPathIsAList() {
		ApplicationDefinition shop = binder("iisnode.root=/srv/node",
				"iisnode.applications.shop.script=./shop/x/../server.js",
				"iisnode.applications.shop.path=/shop/**, /basket")
			.configuredApplication("shop");
		assertThat(shop.name()).isEqualTo("shop");
		assertThat(shop.script()).isEqualTo(Path.of("/srv/node/shop/server.js").toAbsolutePath());
		assertThat(shop.paths()).containsExactly("/shop/**", "/basket");
	}

	@Test
	void pathMayBeIndexed() {
		assertThat(binder("iisnode.applications.shop.script=server.js", "iisnode.applications.shop.path[0]=/a",
				"iisnode.applications.shop.path[1]=/b")
			.configuredApplication("shop")
			.paths()).containsExactly("/a", "/b");
	}

	@Test
	void bareNumbersHaveTheUnitsOfIisnode() {
		ApplicationSettings settings = binder("iisnode.max-pending-time=1500",
				"iisnode.named-pipe-connection-retry-delay=10", "iisnode.max-named-pipe-pooled-connection-age=20",
				"iisnode.graceful-shutdown-timeout=30", "iisnode.startup-timeout=40", "iisnode.request-timeout=50",
				"iisnode.initial-request-buffer-size=1000", "iisnode.max-request-buffer-size=2000",
				"iisnode.max-log-file-size-in-kb=3", "iisnode.max-total-log-file-size-in-kb=4")
			.defaults();
		assertThat(settings.queue().maxPendingTime()).isEqualTo(Duration.ofMillis(1500));
		assertThat(settings.connection().retryDelay()).isEqualTo(Duration.ofMillis(10));
		assertThat(settings.connection().maxIdleAge()).isEqualTo(Duration.ofMillis(20));
		assertThat(settings.process().gracefulShutdownTimeout()).isEqualTo(Duration.ofMillis(30));
		assertThat(settings.process().startupTimeout()).isEqualTo(Duration.ofMillis(40));
		assertThat(settings.exchange()).isEqualTo(new ExchangeSettings(1000, 2000, Duration.ofMillis(50), null, null));
		assertThat(settings.log().maxFileSize()).isEqualTo(3 * 1024);
		assertThat(settings.log().maxTotalSize()).isEqualTo(4 * 1024);
	}

	@Test
	void unitsMayBeGiven() {
		ApplicationSettings settings = binder("iisnode.max-pending-time=2m", "iisnode.max-request-buffer-size=1MB",
				"iisnode.max-log-file-size-in-kb=1MB", "iisnode.max-total-log-file-size-in-kb=5MB")
			.defaults();
		assertThat(settings.queue().maxPendingTime()).isEqualTo(Duration.ofMinutes(2));
		assertThat(settings.exchange().maxHeadSize()).isEqualTo(1024 * 1024);
		assertThat(settings.log().maxFileSize()).isEqualTo(1024 * 1024);
	}

	@Test
	void namesOfIisnodeBind() {
		ApplicationSettings settings = binder("iisnode.nodeProcessCommandLine=\"/opt/my node/node\" --no-warnings",
				"iisnode.maxNamedPipeConnectionPoolSize=0", "iisnode.maxLogFileSizeInKB=7", "iisnode.node_env=test",
				"iisnode.devErrorsEnabled=true", "iisnode.processActivation=onDemand",
				"iisnode.processSelection=least-active")
			.defaults();
		assertThat(settings.process().command()).containsExactly("/opt/my node/node", "--no-warnings");
		assertThat(settings.process().nodeEnv()).isEqualTo("test");
		assertThat(settings.process().activation()).isEqualTo(ProcessActivation.ON_DEMAND);
		assertThat(settings.process().selection()).isEqualTo(ProcessSelection.LEAST_ACTIVE);
		assertThat(settings.connection().maxIdle()).isZero();
		assertThat(settings.log().maxFileSize()).isEqualTo(7 * 1024);
		assertThat(settings.devErrorsEnabled()).isTrue();
	}

	@Test
	void literalDefaultOfNodeEnvMeansThatOfTheHost() {
		assertThat(binder("iisnode.node-env=%node_env%").defaults().process().nodeEnv()).isEmpty();
	}

	@Test
	void zeroProcessesAreOnePerProcessor() {
		assertThat(binder("iisnode.node-process-count-per-application=0").defaults().process().processCount())
			.isEqualTo(Runtime.getRuntime().availableProcessors());
	}

	@Test
	void zeroRequestTimeoutOfAnApplicationTakesTheLimitAway() {
		assertThat(binder("iisnode.request-timeout=5s", "iisnode.applications.shop.script=server.js",
				"iisnode.applications.shop.request-timeout=0")
			.configuredApplication("shop")
			.settings()
			.exchange()
			.requestTimeout()).isNull();
	}

	@Test
	void environmentVariablesOfTheHostBind() {
		NodeSettingsBinder binder = systemEnvironment("IISNODE_APPLICATIONS_SHOP_SCRIPT=shop/server.js",
				"IISNODE_APPLICATIONS_SHOP_PATH_0=/shop/**",
				"IISNODE_APPLICATIONS_SHOP_MAXPENDINGREQUESTSPERAPPLICATION=3",
				"IISNODE_NODEPROCESSCOUNTPERAPPLICATION=2");
		assertThat(binder.applicationNames()).containsExactly("shop");
		ApplicationDefinition shop = binder.configuredApplication("shop");
		assertThat(shop.script().endsWith(Path.of("shop/server.js"))).isTrue();
		assertThat(shop.paths()).containsExactly("/shop/**");
		assertThat(shop.settings().queue().maxPending()).isEqualTo(3);
		assertThat(shop.settings().process().processCount()).isEqualTo(2);
	}

	@Test
	void environmentVariableBelongsToTheApplicationWithDashes() {
		systemEnvironment("IISNODE_APPLICATIONS_MYSHOP_MAXPENDINGREQUESTSPERAPPLICATION=3");
		NodeSettingsBinder binder = binder("iisnode.applications.my-shop.script=server.js");
		assertThat(binder.applicationNames()).containsExactly("my-shop");
		assertThat(binder.configuredApplication("my-shop").settings().queue().maxPending()).isEqualTo(3);
	}

	@Test
	void environmentVariableBelongsToTheApplicationWithCapitals() {
		systemEnvironment("IISNODE_APPLICATIONS_SHOP_MAXPENDINGREQUESTSPERAPPLICATION=3");
		NodeSettingsBinder binder = binder("iisnode.applications.Shop.script=server.js");
		assertThat(binder.applicationNames()).containsExactly("Shop");
		assertThat(binder.configuredApplication("Shop").settings().queue().maxPending()).isEqualTo(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "shop", "my-shop", "my_shop", "Shop2", "[shop.v2]" })
	void namesOfApplications(String key) {
		NodeSettingsBinder binder = binder("iisnode.applications." + key + ".script=server.js");
		String name = key.replaceAll("[\\[\\]]", "");
		assertThat(binder.applicationNames()).containsExactly(name);
		assertThat(binder.configuredApplication(name).name()).isEqualTo(name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a/b", "a:b", "../a", "-a", "a b", "ä" })
	void namesThatNoApplicationMayHave(String name) {
		NodeConfigurationException ex = failure("iisnode.applications[" + name + "].script=server.js");
		assertThat(ex).hasMessageContaining("'" + name + "'");
		assertThat(ex.getAction()).contains("letters, digits");
	}

	@Test
	void applicationNeedsAScript() {
		NodeConfigurationException ex = failure("iisnode.applications.shop.path=/shop/**");
		assertThat(ex).hasMessageContaining("'shop' has no script");
		assertThat(ex.getAction()).contains("Set iisnode.applications.shop.script", "iisnode.root", "shop/server.js");
	}

	@ParameterizedTest
	@CsvSource({ "max-pending-time, soon, 30s", "max-request-buffer-size, big, counts bytes",
			"max-log-file-size-in-kb, big, counts kilobytes", "max-log-files, many, whole number",
			"process-activation, never, 'all, on-demand'", "process-selection, any, 'round-robin, least-active'",
			"logging-enabled, perhaps, true or false" })
	void valueThatCannotBeConverted(String setting, String value, String hint) {
		NodeConfigurationException ex = failure("iisnode.applications.shop.script=server.js",
				"iisnode.applications.shop." + setting + "=" + value);
		assertThat(ex).hasMessageContaining("'shop'")
			.hasMessageContaining("Property: iisnode.applications.shop." + setting)
			.hasMessageContaining("Value: \"" + value + "\"")
			.hasMessageContaining("Reason: ");
		assertThat(ex.getAction()).contains("iisnode.applications.shop." + setting, hint);
	}

	@ParameterizedTest
	@CsvSource({ "max-pending-time, 0", "max-pending-requests-per-application, -1",
			"node-process-count-per-application, -1", "max-concurrent-requests-per-process, 0", "startup-timeout, 0",
			"graceful-shutdown-timeout, -1", "request-timeout, -1", "initial-request-buffer-size, 1",
			"max-request-buffer-size, 3GB", "max-named-pipe-connection-retry, -1",
			"named-pipe-connection-retry-delay, -1", "max-named-pipe-connection-pool-size, -1",
			"max-named-pipe-pooled-connection-age, -1", "max-log-files, 0", "max-log-file-size-in-kb, 0",
			"max-total-log-file-size-in-kb, 0", "log-directory, ' '", "node-process-command-line, ' '",
			"node-process-command-line, '\"node'", "path, shop", "path, '/{a'" })
	void valueOutOfRange(String setting, String value) {
		NodeConfigurationException ex = failure("iisnode.applications.shop.script=server.js",
				"iisnode.applications.shop." + setting + "=" + value);
		assertThat(ex).hasMessageContaining("'shop'")
			.hasMessageContaining("Property: iisnode.applications.shop." + setting)
			.hasMessageContaining("Value: \"" + value + "\"")
			.hasMessageContaining("Reason: " + setting);
		assertThat(ex.getAction()).isEqualTo("Correct the value of iisnode.applications.shop." + setting + ".");
	}

	@Test
	void applicationThatIsAValue() {
		NodeConfigurationException ex = failure("iisnode.applications.shop=server.js");
		assertThat(ex).hasMessageContaining("'shop'").hasMessageContaining("Property: iisnode.applications.shop");
		assertThat(ex.getAction()).contains("iisnode.applications.shop.script");
	}

	@Test
	void valueForAllThatIsOutOfRange() {
		NodeConfigurationException ex = catchThrowableOfType(NodeConfigurationException.class,
				() -> binder("iisnode.max-pending-time=-1s").defaults());
		assertThat(ex).hasMessageContaining("Property: iisnode.max-pending-time").hasMessageContaining("\"-1s\"");
		assertThat(ex).hasMessageNotContaining("application");
	}

	@ParameterizedTest
	@CsvSource({ "root, ' '", "max-applications, -1", "async-completion-thread-count, -1", "handlers, '*.js'",
			"max-applications, x", "hidden-segments, '[a'" })
	void hostValueThatIsNotValid(String setting, String value) {
		NodeConfigurationException ex = catchThrowableOfType(NodeConfigurationException.class,
				() -> binder("iisnode." + setting + "=" + value).host());
		assertThat(ex).hasMessageContaining("Property: iisnode." + setting)
			.hasMessageContaining("Value: \"" + value + "\"");
	}

	@Test
	void valueFromAnEnvironmentVariableIsFound() {
		NodeSettingsBinder binder = systemEnvironment("IISNODE_MAXPENDINGTIME=0");
		NodeConfigurationException ex = catchThrowableOfType(NodeConfigurationException.class, binder::defaults);
		assertThat(ex).hasMessageContaining("Value: \"0\"").hasMessageContaining("IISNODE_MAXPENDINGTIME");
	}

	private NodeConfigurationException failure(String... properties) {
		NodeSettingsBinder binder = binder(properties);
		NodeConfigurationException ex = catchThrowableOfType(NodeConfigurationException.class,
				() -> binder.applicationNames().forEach(binder::configuredApplication));
		assertThat(ex).isNotNull();
		return ex;
	}

	private NodeSettingsBinder binder(String... properties) {
		Map<String, Object> source = new LinkedHashMap<>();
		for (String property : properties) {
			int separator = property.indexOf('=');
			source.put(property.substring(0, separator), property.substring(separator + 1));
		}
		this.environment.getPropertySources().addLast(new MapPropertySource("test", source));
		return new NodeSettingsBinder(this.environment);
	}

	private NodeSettingsBinder systemEnvironment(String... variables) {
		TestPropertyValues.of(variables).applyTo(this.environment, Type.SYSTEM_ENVIRONMENT);
		return new NodeSettingsBinder(this.environment);
	}

}
