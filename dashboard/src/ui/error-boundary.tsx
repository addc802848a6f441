import { Component, type ReactNode } from "react";
import { Button } from "./button.tsx";
import { Empty } from "./notice.tsx";
import { shell } from "../messages/en/shell.ts";

interface ErrorBoundaryProps {
  /** The current path: after a change the page is rendered again. */
  location: string;
  children: ReactNode;
}

/** Replaces a page that failed to render, so that the rest of the window keeps working. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override componentDidUpdate(before: ErrorBoundaryProps) {
    if (this.state.broken && before.location !== this.props.location)
      this.setState({ broken: false });
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <main id="main">
        <Empty title={shell.brokenTitle}>
          <p>{shell.brokenAbout}</p>
          <Button icon="again" onClick={() => window.location.reload()}>
            {shell.reload}
          </Button>
        </Empty>
      </main>
    );
  }
}
