//! The commands to nodes that exist: the scope each needs, and the harm it can do. What is not here is refused, so that neither
//! is ever guessed from a name.

use crate::{Error, NodeScope, Result, Risk};

/// A command that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeCommandSpec {
    /// Its name.
    pub name: &'static str,
    /// What a node must be allowed.
    pub scope: NodeScope,
    /// How much harm it can do.
    pub risk: Risk,
}

macro_rules! commands {
    ($($scope:ident, $risk:ident: $($name:literal)*;)*) => {
        &[$($(NodeCommandSpec { name: $name, scope: NodeScope::$scope, risk: Risk::$risk },)*)*]
    };
}

/// All of them, by scope.
pub const NODE_COMMANDS: &[NodeCommandSpec] = commands! {
    SystemInfo, None: "system.info" "system.processes";
    NotifySend, None: "notify.show";
    ClipboardAccess, Medium: "clipboard.read" "clipboard.write";
    ScreenCapture, Medium: "screen.capture" "screen.region" "screen.monitors" "screen.queryElements";
    WindowManage, Low: "window.list" "window.move" "window.minimize" "window.maximize";
    AppManage, Medium: "app.list" "app.launch" "app.close" "app.focus";
    InputControl, Medium: "input.mouse.move" "input.mouse.click" "input.mouse.scroll"
        "input.keyboard.type" "input.keyboard.press" "input.keyboard.hotkey";
    CanvasControl, Medium: "canvas.present";
    SystemExecute, Critical: "system.execute";
};

impl NodeCommandSpec {
    /// The command of this name. `validation_failed` if there is none.
    pub fn of(name: &str) -> Result<&'static Self> {
        NODE_COMMANDS.iter().find(|spec| spec.name == name).ok_or_else(|| {
            let names: Vec<&str> = NODE_COMMANDS.iter().map(|spec| spec.name).collect();
            let text = format!("There is no such command. There are: {}.", names.join(", "));
            Error::validation("command", text)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_name_stands_for_one_command_and_no_other_name_for_any() {
        let names: BTreeSet<_> = NODE_COMMANDS.iter().map(|spec| spec.name).collect();
        assert_eq!(names.len(), NODE_COMMANDS.len());
        assert_eq!(NodeCommandSpec::of("system.execute").unwrap().risk, Risk::Critical);
        for other in ["", "system", "system.execute ", "System.Execute", "filesystem.read", "*"] {
            NodeCommandSpec::of(other).unwrap_err();
        }
    }
}
