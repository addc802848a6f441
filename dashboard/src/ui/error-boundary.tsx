import { Component, type ReactNode } from "react";
import { Button } from "./button.tsx";
import { Empty } from "./notice.tsx";

interface ErrorBoundaryProps {
  /** Where the person is: a new place is a new chance. */
  place: string;
  children: ReactNode;
}

/** Stands in for a page that broke, so that the rest of the window goes on. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override componentDidUpdate(before: ErrorBoundaryProps) {
    if (this.state.broken && before.place !== this.props.place) this.setState({ broken: false });
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <main id="main">
        <Empty title="This page broke">
          <p>
            Nothing that you sent is lost: it is kept by the gateway. Load the page again, or go to
            another one.
          </p>
          <Button icon="again" onClick={() => window.location.reload()}>
            Reload
          </Button>
        </Empty>
      </main>
    );
  }
}
