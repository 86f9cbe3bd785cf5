# SPDX-License-Identifier: Apache-2.0
# The libraries the project stands on, all packages of Debian 12. Their headers are not ours to warn about (SYSTEM).

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(pugixml REQUIRED)
find_package(SQLiteCpp REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
# Boost 1.81 on: Asio's coroutines of 1.74, Debian's default, do not compile with clang.
find_package(Boost 1.81 REQUIRED COMPONENTS url)
pkg_check_modules(xencontrol REQUIRED IMPORTED_TARGET xencontrol)
pkg_check_modules(xenstore REQUIRED IMPORTED_TARGET xenstore)
pkg_check_modules(xlutil REQUIRED IMPORTED_TARGET xlutil xenlight)
pkg_check_modules(systemd REQUIRED IMPORTED_TARGET libsystemd)
