// main.swift — arguments in; either one request with its events as JSON lines on stdout, or the window.

import Foundation

let driverIdentifier = "org.multiport.Multiport.driver"

switch CommandLine.arguments.dropFirst().first {
case "--activate": runRequest(.activate)
case "--deactivate": runRequest(.deactivate)
case "--properties": runRequest(.properties)
case "--help", "-h":
  print("Multiport [--activate | --deactivate | --properties]   without an argument: the window")
case let argument? where argument.hasPrefix("--"):
  FileHandle.standardError.write(Data("Multiport: unknown argument \(argument)\n  Try --help.\n".utf8))
  exit(2)
default:
  MultiportApp.main()  // also with -psn… and the like, which macOS itself passes
}

/// Runs one request to its end on the main queue. Exit status: 0 completed, 1 failed, 3 completes at the next restart.
func runRequest(_ action: ExtensionRequest.Action) -> Never {
  let request = ExtensionRequest(action, identifier: driverIdentifier) { event in
    event.printAsLine()
    if let status = event.exitStatus { exit(status) }
  }
  request.submit()
  dispatchMain()
}
