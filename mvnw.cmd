@echo off
rem Runs Maven: the installed one if it is recent enough, otherwise a downloaded one.
rem See .mvn\wrapper\maven-wrapper.properties.
setlocal EnableExtensions DisableDelayedExpansion

set "PROPERTIES=%~dp0.mvn\wrapper\maven-wrapper.properties"
if not exist "%PROPERTIES%" (
	echo mvnw: %PROPERTIES% is missing>&2
	exit /b 1
)
for /f "usebackq eol=# tokens=1,2 delims==" %%k in ("%PROPERTIES%") do set "%%k=%%l"
call :number "%minimumVersion%"
set "MINIMUM=%NUMBER%"

set "MVN="
if defined MAVEN_HOME call :consider "%MAVEN_HOME%\bin\mvn.cmd"
for /f "delims=" %%p in ('where "$PATH:mvn.cmd" 2^>nul') do call :consider "%%p"
if defined MVN goto run

set "DISTS=%USERPROFILE%\.m2\wrapper\dists"
if defined MAVEN_USER_HOME set "DISTS=%MAVEN_USER_HOME%\wrapper\dists"
set "TARGET=%DISTS%\apache-maven-%distributionVersion%-%distributionSha512:~0,16%"
set "MVN=%TARGET%\bin\mvn.cmd"
if exist "%MVN%" goto run

if not defined MVNW_REPOURL (
	echo mvnw: no Maven %minimumVersion% or later is installed: install one, or name a Maven repository that has version %distributionVersion% in the variable MVNW_REPOURL>&2
	exit /b 1
)
set "URL=%MVNW_REPOURL%"
if "%URL:~-1%"=="/" set "URL=%URL:~0,-1%"
set "URL=%URL%/org/apache/maven/apache-maven/%distributionVersion%/apache-maven-%distributionVersion%-bin.tar.gz"
set "WORK=%DISTS%\download.%RANDOM%%RANDOM%"
mkdir "%WORK%"
"%SystemRoot%\System32\curl.exe" --fail --silent --show-error --location --output "%WORK%\maven.tar.gz" "%URL%"
if errorlevel 1 (
	set "REASON=cannot download %URL%"
	goto failed
)
set "ACTUAL="
for /f "skip=1 delims=" %%h in ('certutil -hashfile "%WORK%\maven.tar.gz" SHA512') do if not defined ACTUAL set "ACTUAL=%%h"
set "ACTUAL=%ACTUAL: =%"
if /i not "%ACTUAL%"=="%distributionSha512%" (
	set "REASON=the SHA-512 of %URL% is %ACTUAL%, not %distributionSha512%: it is not used"
	goto failed
)
"%SystemRoot%\System32\tar.exe" -xzf "%WORK%\maven.tar.gz" -C "%WORK%"
if errorlevel 1 (
	set "REASON=cannot unpack %URL%"
	goto failed
)
if not exist "%MVN%" move "%WORK%\apache-maven-%distributionVersion%" "%TARGET%" >nul
rmdir /s /q "%WORK%"

:run
endlocal & "%MVN%" %*
exit /b

:failed
rmdir /s /q "%WORK%"
echo mvnw: %REASON%>&2
exit /b 1

rem Sets MVN to the given mvn.cmd if it is recent enough and no other was found before
:consider
if defined MVN exit /b 0
if not exist "%~1" exit /b 0
set "VERSION="
for /f "tokens=3" %%v in ('call "%~1" --batch-mode --version 2^>nul ^| findstr /c:"Apache Maven "') do set "VERSION=%%v"
if not defined VERSION exit /b 0
call :number "%VERSION%"
if %NUMBER% GEQ %MINIMUM% set "MVN=%~1"
exit /b 0

rem Sets NUMBER to one number of a version x.y.z that can be compared
:number
set "NUMBER=0"
for /f "tokens=1-3 delims=.-" %%a in ("%~1") do set /a "NUMBER=%%a*1000000+%%b*1000+%%c"
exit /b 0
